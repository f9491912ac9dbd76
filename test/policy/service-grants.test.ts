import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import type { CommandSpec } from '../../src/commands/language/define.ts';
import { parseLine } from '../../src/commands/language/parse.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { Selector } from '../../src/domain/selector.ts';
import { authorize, hostsSeen } from '../../src/policy/authorize.ts';
import { NOBODY } from '../../src/policy/people.ts';

const spec = (name: string) => SPECS.find((item) => item.name === name) ?? SPECS[0];
const inGroups = (...groups: string[]) => ({ groups: new Set(groups), unreadable: new Set<string>() });

describe('a grant for some services', () => {
  const limited = parseConfig(
    `
slack: { team: T0TEAM }
hosts:
  web-1: { url: "unix:///b.sock", labels: { env: prod } }
  web-2: { url: "unix:///c.sock", labels: { env: prod } }
  staging: { url: "unix:///d.sock" }
groups: { oncall: { people: [U0OPS1] }, leads: { people: [U0OPS2] } }
services:
  shop: { image: registry.test/shop, hosts: "env=prod", container: { name: shop-web } }
  api: { image: registry.test/api, hosts: web-1 }
roles: { operator: { commands: [deploy, ps, scan, pull, tag, push, slim, tags, inspect, images] } }
channels:
  C0SHOP: { grants: [ { role: operator, hosts: all, services: [shop] } ] }
  C0PART: { grants: [ { role: operator, hosts: web-1, services: [shop] } ] }
  C0FARAWAY: { grants: [ { role: operator, hosts: staging } ] }
  C0EVERY: { grants: [ { role: operator, hosts: all } ] }
approvals:
  - { commands: [deploy], hosts: all, services: [shop], from: [oncall], expires: 1h, remind: 5m }
  - { commands: [deploy], hosts: web-2, from: [leads], expires: 30m }
`,
    'test.yml',
    {},
  );
  const ask = (channel: string, service?: string, on?: string, item: CommandSpec = spec('deploy')) =>
    authorize(
      {
        spec: item,
        on: on === undefined ? undefined : Selector.parse(on),
        service,
        channel,
        person: 'U0X',
        membership: NOBODY,
      },
      limited,
    );

  it.each([
    ['gives its service', ask('C0SHOP', 'shop'), { kind: 'needs-approval', hosts: ['web-1', 'web-2'] }],
    ['gives it by the name of its container too', ask('C0SHOP', 'shop-web'), { kind: 'needs-approval' }],
    [
      'gives no other',
      ask('C0SHOP', 'api'),
      { kind: 'deny', reason: 'not_permitted', missing: 'No grant in this channel has `deploy` for `api`.' },
    ],
    ['gives nothing that is adopted', ask('C0SHOP', 'legacy', 'web-1'), { kind: 'deny', reason: 'not_permitted' }],
    ['lets one ask before a service is named', ask('C0SHOP', undefined, 'web-1'), { kind: 'allow', hosts: ['web-1'] }],
    ['lets one ask before anything is named', ask('C0SHOP'), { kind: 'allow', hosts: ['web-1', 'web-2', 'staging'] }],
    [
      'gives nothing that is about no service',
      ask('C0SHOP', undefined, 'web-1', spec('ps')),
      { kind: 'deny', reason: 'not_permitted', missing: 'No grant in this channel has `ps`.' },
    ],
  ])('%s', (_, decision, expected) => {
    expect(decision).toMatchObject(expected);
  });

  it.each([
    ['scan shop', 'allow'],
    ['scan shop-web', 'allow'],
    ['scan registry.test/shop:1.5.0', 'allow'],
    ['scan registry.test/shop:1.5.0 @web-1', 'allow'],
    ['scan api', 'deny'],
    ['scan registry.test/api:7', 'deny'],
    ['scan registry.test/api:7 @web-1', 'deny'],
    ['scan nginx:1.27', 'deny'],
    // The images of a host and of a registry belong to no service.
    ['pull registry.test/shop:1.5.0 @web-1', 'deny'],
    ['tag registry.test/shop:1.5.0 registry.test/shop:2', 'deny'],
    ['push registry.test/shop:1.5.0', 'deny'],
    ['slim registry.test/shop:1.5.0', 'deny'],
    ['tags shop', 'deny'],
    ['inspect registry.test/shop:1.5.0', 'deny'],
    ['images registry.test/shop', 'deny'],
  ])('is for images of its services only: %s', (line, kind) => {
    const { spec, args, on } = parseLine(line, SPECS);
    const about = { service: spec.serviceOf?.(args), image: spec.imageOf?.(args) };
    const here = { channel: 'C0SHOP', person: 'U0X', membership: NOBODY };

    expect(authorize({ spec, on, ...about, ...here }, limited)).toMatchObject({ kind });
    expect(authorize({ spec, on, ...about, ...here, channel: 'C0EVERY' }, limited)).toMatchObject({ kind: 'allow' });
  });

  it.each([
    ['is all of its hosts unless somebody says less', ask('C0EVERY', 'shop'), { hosts: ['web-1', 'web-2'] }],
    ['is a part of them when somebody says so', ask('C0EVERY', 'shop', 'web-2'), { hosts: ['web-2'] }],
    ['is its hosts within a wider selector', ask('C0EVERY', 'shop', 'all'), { hosts: ['web-1', 'web-2'] }],
    [
      'is never a part in silence',
      ask('C0PART', 'shop'),
      {
        kind: 'deny',
        reason: 'host_needed',
        missing: '`deploy` for `shop` is granted here on only web-1 of its hosts.',
        permitted: ['web-1'],
      },
    ],
    [
      'is nothing where none of its hosts is granted',
      ask('C0FARAWAY', 'shop'),
      { kind: 'deny', missing: '`deploy` for `shop` is granted here on none of its hosts.', permitted: [] },
    ],
    [
      'does not go to a host it does not belong on',
      ask('C0EVERY', 'shop', 'staging'),
      {
        kind: 'deny',
        reason: 'host_unknown',
        missing: '`shop` does not belong on `staging`.',
        permitted: ['web-1', 'web-2'],
      },
    ],
    ['does not spread by a label either', ask('C0FARAWAY', 'shop', 'all'), { kind: 'deny', reason: 'host_unknown' }],
    [
      'is looked for on every permitted host when it is adopted',
      ask('C0EVERY', 'legacy'),
      { kind: 'needs-approval', hosts: ['web-1', 'web-2', 'staging'] },
    ],
  ])('a service %s', (_, decision, expected) => {
    expect(decision).toMatchObject(expected);
  });

  it('meets every rule that applies, the most impatient one setting the times', () => {
    expect(ask('C0EVERY', 'shop')).toEqual({
      kind: 'needs-approval',
      hosts: ['web-1', 'web-2'],
      rule: 'approvals[0]',
      from: ['oncall', 'leads'],
      expires: 30 * 60_000,
      remind: 5 * 60_000,
    });
    expect(ask('C0EVERY', 'api')).toMatchObject({ kind: 'allow', hosts: ['web-1'] });
    expect(ask('C0EVERY', 'legacy', 'web-2')).toMatchObject({ kind: 'needs-approval', from: ['leads'] });
  });
});

describe("what is no host's, and grants for some hosts", () => {
  const held: Config = parseConfig(
    `
slack: { team: T0TEAM }
hosts:
  staging-1: { url: "unix:///a.sock", labels: { env: staging } }
  web-1: { url: "unix:///b.sock", labels: { env: prod } }
groups: { oncall: { people: [U0OPS1] } }
roles: { releaser: { commands: [lock, audit, history, deploy] } }
services:
  shop: { image: shop, hosts: "env=prod" }
  both: { image: both, hosts: all }
channels:
  C0STAGING: { grants: [ { role: releaser, hosts: "env=staging" } ] }
  C0NONE: { grants: [ { role: releaser, hosts: "env=gone" } ] }
  C0SHOP: { grants: [ { role: releaser, hosts: all, services: [shop] }, { role: releaser, to: [oncall], hosts: staging-1 } ] }
`,
    'test.yml',
    {},
  );
  const decide = (name: string, channel: string, service?: string) =>
    authorize({ spec: spec(name), on: undefined, service, channel, person: 'U0X', membership: NOBODY }, held);

  it.each([
    ['a lock of what runs elsewhere', decide('lock', 'C0STAGING', 'shop'), { kind: 'deny', reason: 'not_permitted' }],
    ['a lock of what runs there in part', decide('lock', 'C0STAGING', 'both'), { kind: 'deny' }],
    [
      'the history of what runs there in part',
      decide('history', 'C0STAGING', 'both'),
      { kind: 'allow', hosts: ['staging-1'] },
    ],
    ['the history of what runs elsewhere', decide('history', 'C0STAGING', 'shop'), { kind: 'deny' }],
    ['the audit log', decide('audit', 'C0STAGING'), { kind: 'allow', hosts: ['staging-1'] }],
    ['the audit log, by a grant for no host', decide('audit', 'C0NONE'), { kind: 'deny' }],
  ])('decides by the hosts: %s', (_, decision, expected) => {
    expect(decision).toMatchObject(expected);
  });

  it('shows the hosts of the grants that are held, and reach the service', () => {
    const seen = (channel: string, service: string | undefined, membership = NOBODY) =>
      [...hostsSeen({ channel, membership }, service, held)].sort();
    expect(seen('C0STAGING', 'shop')).toEqual(['staging-1']);
    expect(seen('C0SHOP', undefined)).toEqual([]);
    expect(seen('C0SHOP', 'shop')).toEqual(['staging-1', 'web-1']);
    expect(seen('C0SHOP', 'both')).toEqual([]);
    expect(seen('C0SHOP', 'both', inGroups('oncall'))).toEqual(['staging-1']);
    expect(seen('C0NOWHERE', 'shop')).toEqual([]);
  });
});
