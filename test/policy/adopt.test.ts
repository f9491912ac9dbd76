import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { mayAdopt } from '../../src/policy/adopt.ts';

const SHOP = 'docker.io/library/shop';
const EVIL = 'docker.io/mallory/miner';
const config = (adopt: string) =>
  parseConfig(
    `
slack: { team: T0TEAM }
hosts: { web-1: { url: "unix:///a", labels: { env: prod } }, staging-1: { url: "unix:///b", labels: { env: staging } } }
adopt: ${adopt}`,
    'f.yml',
    {},
  );
const ask = (adopt: string, more: Partial<Parameters<typeof mayAdopt>[0]> = {}) =>
  mayAdopt({ container: 'web-shop', host: 'web-1', runs: SHOP, wanted: SHOP, ...more }, config(adopt));

it.each([
  ['nothing said', '[]', {}],
  ['another name', '[{ containers: [shop], hosts: all }]', {}],
  ['part of the name', '[{ containers: [web, shop], hosts: all }]', {}],
  ['another host', '[{ containers: ["*"], hosts: "env=staging" }]', {}],
  ['a name with a dot for a pattern with any letter', '[{ containers: ["web.shop"], hosts: all }]', {}],
])('closed by default: %s', (_, adopt, more) => {
  expect(ask(adopt, more)).toMatchObject({
    may: false,
    reason: 'not_listed',
    hint: 'Add a service, or under `adopt`: `- { containers: [web-shop], hosts: web-1 }`',
  });
});

it.each([
  ['another repository', EVIL],
  ['no repository that is proven', undefined],
  ['the same path of another registry', 'registry.test/library/shop'],
])('an entry has a container for what it runs, and %s is not that', (_, runs) => {
  const adopt = '[{ containers: ["web-*"], hosts: web-1 }]';
  expect(ask(adopt)).toEqual({ may: true, rule: 'adopt[0]' });
  expect(ask(adopt, { runs })).toMatchObject({
    may: false,
    reason: 'other_repository',
    hint: expect.stringContaining('otherRepository: true'),
  });
  const open =
    '[{ containers: ["web-*"], hosts: web-1 }, { containers: [web-shop], hosts: all, otherRepository: true }]';
  expect(ask(open, { runs })).toEqual({ may: true, rule: 'adopt[1]' });
});

it('names hosts and containers that can be', () => {
  expect(() => config('[{ containers: ["*"], hosts: web-9 }]')).toThrow('there is no host "web-9"');
  expect(() => config('[{ containers: ["a b"], hosts: all }]')).toThrow('must be a container name');
  expect(() => config('[{ containers: [], hosts: all }]')).toThrow();
});
