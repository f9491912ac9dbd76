import { expect, it } from 'vitest';
import { VolumeText } from '../../../src/commands/volumes.ts';
import { parseConfig } from '../../../src/config.ts';
import { withOverrides } from '../../../src/docker/rollout/overrides.ts';
import { risksOf } from '../../../src/docker/rollout/risks.ts';
import { draftOfConfig } from '../../../src/docker/rollout/spec.ts';
import { judge } from '../../../src/policy/guardrails.ts';

/** What stops a deploy with `-v volume`, the container having had `before` already. */
function refused(volume: string, allow: string, before: readonly string[] = []) {
  const old = draftOfConfig({ name: 'shop', memory: 1 << 25, volumes: before }, undefined);
  const risks = risksOf(withOverrides(old, { volumes: [VolumeText.parse(volume)] }), true, old);
  const text = `slack: { team: T0TEAM }\nhosts: { a: { url: "unix:///a" } }\nguardrails: { allow: ${allow} }`;
  return judge(risks, parseConfig(text, 'f.yml', {}).guardrails).refused.map(({ what, rule }) => `${rule} ${what}`);
}
const EVERY_FOLDER = '{ binds: ["/**", "/"] }';

it.each([
  ['/var/run/docker.sock', '/var/run/docker.sock'],
  ['/var/run/docker.sock/', '/var/run/docker.sock'],
  ['/var/run//docker.sock', '/var/run/docker.sock'],
  ['//run/docker.sock//', '/run/docker.sock'],
  ['/run/', '/run'],
  ['/var/run', '/var/run'],
  ['/var', '/var'],
  ['/', '/'],
])('%s gives the engine’s socket, whatever folders are allowed', (source, what) => {
  expect(refused(`${source}:/s`, EVERY_FOLDER)).toEqual([`guardrails.allow.dockerSocket ${what}`]);
  expect(refused(`${source}:/s:ro`, '{ binds: ["/**", "/"], dockerSocket: true }')).toEqual([]);
});

it('a folder the socket is in takes more than the socket’s permission', () => {
  expect(refused('/var/run/:/s', '{ dockerSocket: true }')).toEqual(['guardrails.allow.binds /var/run']);
  expect(refused('/var/run/docker.sock:/s', '{ dockerSocket: true }')).toEqual([]);
});

it.each(['/var/runner', '/srv/docker.sock', '/run/docker.sock.d', '/var/run/shop'])(
  '%s is a folder as any',
  (source) => {
    expect(refused(`${source}:/s`, EVERY_FOLDER)).toEqual([]);
  },
);

it('a folder that was there before is the same however it is written', () => {
  expect(refused('/var/run/docker.sock/:/s', '{}', ['/var//run/docker.sock:/old'])).toEqual([]);
  expect(refused('/srv/shop:/s', '{}', ['/srv/shop/:/old'])).toEqual([]);
});
