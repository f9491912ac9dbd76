import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { Selector } from '../../src/domain/selector.ts';
import { authorize, groupsThatMatter, permissions } from '../../src/policy/authorize.ts';
import { NOBODY } from '../../src/policy/people.ts';

const config: Config = parseConfig(
  `
slack: { team: T0TEAM }
hosts:
  staging-1: { url: "unix:///a.sock", labels: { env: staging } }
  web-1: { url: "unix:///b.sock", labels: { env: prod, role: web } }
  web-2: { url: "unix:///c.sock", labels: { env: prod, role: web } }
groups: { developers: { people: [U0DEV1] }, oncall: { people: [U0OPS1] } }
roles:
  viewer: { commands: [images, ps] }
  operator: { extends: [viewer], commands: [prune] }
channels:
  C0STAGING: { grants: [ { role: operator, hosts: "env=staging" } ] }
  C0PROD:
    grants:
      - { role: viewer, hosts: "env=prod" }
      - { role: operator, to: [developers, oncall], hosts: "web-1" }
  C0WEB1: { grants: [ { role: operator, hosts: "role=web" } ] }
  C0NONE: { grants: [ { role: operator, hosts: "role=gone" } ] }
approvals: [ { commands: [prune], hosts: "env=prod", from: [oncall] } ]
`,
  'test.yml',
  {},
);

const spec = (name: string) => SPECS.find((item) => item.name === name) ?? SPECS[0];
const inGroups = (...groups: string[]) => ({ groups: new Set(groups), unreadable: new Set<string>() });
const ask = (name: string, channel: string, on?: string, membership = NOBODY) =>
  authorize(
    { spec: spec(name), on: on === undefined ? undefined : Selector.parse(on), channel, person: 'U0X', membership },
    config,
  );

describe('authorize', () => {
  it.each([
    [
      'one permitted host needs no selector',
      ask('images', 'C0STAGING'),
      { kind: 'allow', hosts: ['staging-1'], rule: 'channels.C0STAGING.grants[0]' },
    ],
    [
      'a read without hosts is on all that are permitted',
      ask('images', 'C0PROD'),
      { kind: 'allow', hosts: ['web-1', 'web-2'] },
    ],
    [
      'a change needs a selector where there are several',
      ask('prune', 'C0WEB1'),
      { kind: 'deny', reason: 'host_needed', permitted: ['web-1', 'web-2'] },
    ],
    [
      'a grant whose selector fits no host gives nothing',
      ask('images', 'C0NONE'),
      { kind: 'deny', reason: 'not_permitted', missing: 'The grant here selects no host.' },
    ],
    [
      'what is negated is left out of what is permitted',
      ask('images', 'C0PROD', 'all,!web-1'),
      { kind: 'allow', hosts: ['web-2'] },
    ],
    [
      'a negated host that is not there is refused: nothing would be left out',
      ask('images', 'C0PROD', 'all,!web-3'),
      { kind: 'deny', reason: 'host_unknown', missing: 'There is no host `web-3` for `images` here.' },
    ],
    [
      'a negated label that no permitted host has is refused',
      ask('images', 'C0PROD', '!env=staging'),
      { kind: 'deny', reason: 'host_unknown' },
    ],
    ['all means all that is permitted', ask('images', 'C0PROD', 'all'), { kind: 'allow', hosts: ['web-1', 'web-2'] }],
    [
      'a label selects within what is permitted',
      ask('images', 'C0STAGING', 'env=prod'),
      { kind: 'deny', reason: 'host_unknown' },
    ],
    [
      'a host that is not granted reads as one that is not there',
      ask('images', 'C0STAGING', 'web-1'),
      { kind: 'deny', reason: 'host_unknown', missing: 'There is no host `web-1` for `images` here.' },
    ],
    [
      'a channel that is not named gets nothing',
      ask('images', 'C0OTHER', 'all'),
      { kind: 'deny', reason: 'not_configured' },
    ],
    ['a command no role names', ask('pull', 'C0PROD', 'all'), { kind: 'deny', reason: 'not_permitted' }],
    [
      'a grant for groups is not for others',
      ask('prune', 'C0PROD', 'web-1'),
      { kind: 'deny', reason: 'not_permitted', who: ['developers', 'oncall'] },
    ],
    [
      'prune on prod needs approval',
      ask('prune', 'C0PROD', 'web-1', inGroups('developers')),
      { kind: 'needs-approval', hosts: ['web-1'], from: ['oncall'], rule: 'approvals[0]' },
    ],
    ['prune on staging does not', ask('prune', 'C0STAGING'), { kind: 'allow' }],
    ['help is for everybody', ask('help', 'C0OTHER'), { kind: 'allow', hosts: [] }],
  ])('%s', (_, decision, expected) => {
    expect(decision).toMatchObject(expected);
  });

  it('says so when a group could not be read', () => {
    const decision = authorize(
      {
        spec: spec('prune'),
        on: undefined,
        channel: 'C0PROD',
        person: 'U0X',
        membership: { groups: new Set(), unreadable: new Set(['oncall']) },
      },
      config,
    );
    expect(decision).toMatchObject({
      kind: 'deny',
      missing: expect.stringContaining('did not say who is in oncall'),
    });
  });

  it('never gives a host that no grant of that person in that channel selects', () => {
    const groups = fc.subarray(['developers', 'oncall']);
    const channel = fc.constantFrom('C0STAGING', 'C0PROD', 'C0OTHER', '__proto__', 'constructor');
    const on = fc.option(
      fc.constantFrom(
        'all',
        'web-1',
        'web-2',
        'staging-1',
        'env=prod',
        'env=staging',
        'role=web,staging-1',
        'constructor',
        'constructor=x',
      ),
      { nil: undefined },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...SPECS.map((item) => item.name)),
        groups,
        channel,
        on,
        (command, names, where, selector) => {
          const item = spec(command);
          const decision = authorize(
            {
              spec: item,
              on: selector === undefined ? undefined : Selector.parse(selector),
              channel: where,
              person: 'U0X',
              membership: inGroups(...names),
            },
            config,
          );
          if (decision.kind === 'deny' || item.access === 'open') return;
          const may =
            where === 'C0STAGING'
              ? ['staging-1']
              : names.length > 0
                ? item.name === 'prune'
                  ? ['web-1']
                  : ['web-1', 'web-2']
                : item.name === 'prune'
                  ? []
                  : ['web-1', 'web-2'];
          expect(['C0STAGING', 'C0PROD']).toContain(where);
          for (const host of decision.hosts) expect(may).toContain(host);
          expect(decision.kind === 'needs-approval').toBe(item.name === 'prune' && where === 'C0PROD');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('says what a person may do in a channel, by the same decision', () => {
  const may = (channel: string, ...groups: string[]) =>
    Object.fromEntries(permissions(SPECS, { channel, person: 'U0X', membership: inGroups(...groups) }, config));
  expect(may('C0STAGING')).toEqual({ images: ['staging-1'], ps: ['staging-1'], prune: ['staging-1'] });
  expect(may('C0PROD')).toEqual({ images: ['web-1', 'web-2'], ps: ['web-1', 'web-2'] });
  expect(may('C0PROD', 'oncall')).toMatchObject({ prune: ['web-1'] });
  expect(may('C0OTHER')).toEqual({});
});

it('reads only the groups a decision can depend on, each once', () => {
  expect(groupsThatMatter('C0PROD', config)).toEqual(['developers', 'oncall']);
  expect(groupsThatMatter('C0OTHER', config)).toEqual(['oncall']);
  expect(groupsThatMatter('C0OTHER', { ...config, breakGlass: { from: ['leads', 'oncall'], review: 1 } })).toEqual([
    'oncall',
    'leads',
  ]);
});
