import { expect, it } from 'vitest';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { LOOKS } from '../pictures/looks.ts';
import { REGISTRIES } from '../pictures/registries.ts';
import { hostNames } from './many-hosts.ts';
import { shownResult } from './shown.ts';

const COUNT = 60;
const HOSTS = hostNames(COUNT);

/** The answer that is pictured under a name, with lists of its own; mistakes in it that Slack would refuse are none. */
function shown(name: string, change: (result: never) => object) {
  const picture = [...LOOKS, ...REGISTRIES].find((one) => one.name === name);
  if (!picture) throw new Error(`There is no picture ${name}.`);
  const result = { ...(picture.result as object), ...change(picture.result as never) };
  const message = shownResult(picture.command, result, requestOf({ ...picture, request: { hosts: HOSTS } }));
  expect(checkMessage(message)).toEqual([]);
  return JSON.stringify(message.blocks);
}

it('events of 60 hosts that keep none from before are shown, with the hosts', () => {
  const at = Date.UTC(2026, 2, 3, 9);
  const blocks = shown('events', () => ({ uncovered: HOSTS.map((host) => ({ host, from: at })) }));

  expect(blocks).toContain('"type":"table"');
  expect(blocks).toContain('60 hosts keep only their last 256 events');
  expect(blocks).toMatch(/\*web-001\.fra\* before .* and \d+ more\./u);
});

it('the disk use of 60 hosts says how many rows it leaves out, and names each host with volumes of its own', () => {
  const blocks = shown(
    'df',
    ({ hosts: [one] }: { readonly hosts: readonly [{ readonly rows: readonly object[] }] }) => ({
      hosts: HOSTS.map((host) => ({
        ...one,
        host,
        named: [{ name: `data-of-${host}`, bytes: 5 }],
        rows: one.rows.map((row) => ({ ...row, host })),
      })),
    }),
  );

  expect(blocks).toMatch(/… and \d+ more rows\./u);
  for (const host of HOSTS) expect(blocks).toContain(`*${host}* An unused volume`);
});

it('a login check of 60 hosts and two registries shows what fails, and says how many rows it leaves out', () => {
  const check = (from: string, registry: string, outcome: string) => ({ from, registry, outcome });
  const blocks = shown('login-check-works', () => ({
    checks: HOSTS.flatMap((host, index) => [
      check(host, 'docker.io', 'works'),
      check(host, 'harbor.example.com', index < COUNT - 1 ? 'works' : 'failed'),
    ]),
  }));

  expect(blocks).toContain('… and 21 more rows.');
  expect(blocks).toMatch(/web-060\.fra[^\]]*FAILS/u);
});
