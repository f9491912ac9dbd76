import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { rulesFor } from '../../src/policy/approval-rules.ts';
import { type Membership, NOBODY } from '../../src/policy/people.ts';
import { canAnswer, complete, stillNeeds } from '../../src/policy/votes.ts';
import { openStore } from '../../src/store/store.ts';
import { KEYS } from '../store/keys.ts';
import { ALLOWED, config, DENIED, deploy, inGroups, unreadable } from './two-rules.ts';

describe('the rules for a question', () => {
  const paths = (about: Parameters<typeof rulesFor>[0]) => rulesFor(about, config).map(({ path }) => path);

  it('are those of its command, of one of its hosts, and of its service by any name', () => {
    expect(paths(deploy(['web-1']))).toEqual(['approvals[0]']);
    expect(paths(deploy(['staging']))).toEqual([]);
    expect(paths(deploy(['staging', 'web-2'], 'bank'))).toEqual(['approvals[0]', 'approvals[1]']);
    expect(paths({ command: 'deploy', hosts: ['web-2'] })).toEqual(['approvals[0]']);
    expect(paths({ command: 'prune', hosts: ['web-2'] })).toEqual([]);
    const byContainer = parseConfig(
      `slack: { team: T0TEAM }
hosts: { a: { url: "unix:///a.sock" } }
groups: { g: { people: [U0OPS1] } }
services: { shop: { image: x, hosts: all, container: { name: shop-web } }, api: { image: x, hosts: all, swarm: api_1 } }
approvals: [ { commands: [deploy], hosts: all, services: [shop, api], from: [g] } ]`,
      'f.yml',
      {},
    );
    for (const service of ['shop', 'shop-web', 'api', 'api_1'])
      expect(rulesFor({ command: 'deploy', hosts: ['a'], service }, byContainer)).toHaveLength(1);
    expect(rulesFor({ command: 'deploy', hosts: ['a'], service: 'other' }, byContainer)).toHaveLength(0);
  });
});

describe('an answer', () => {
  const answer = (more: Partial<Parameters<typeof canAnswer>[0]>) =>
    canAnswer(
      {
        ...deploy(['web-1']),
        requestedBy: 'U0DEV1',
        person: 'U0OPS1',
        membership: inGroups('oncall'),
        decision: ALLOWED,
        answer: 'yes',
        ...more,
      },
      config,
    );

  it.each([
    ['from somebody of the group', {}, { may: true, counts: ['approvals[0]'] }],
    [
      'from the requester',
      { person: 'U0DEV1' },
      { may: false, reason: 'own_request', rule: 'approvals[0]', hint: 'Who can: oncall.' },
    ],
    [
      'from the requester where the rule lets them',
      { command: 'rollback', hosts: ['staging'], person: 'U0DEV1' },
      { may: true, counts: ['approvals[2]'] },
    ],
    [
      'from the requester where the rule would let them, were they in a group',
      { command: 'rollback', hosts: ['staging'], person: 'U0DEV1', membership: NOBODY },
      { may: false, reason: 'not_an_approver' },
    ],
    [
      'from somebody else',
      { membership: inGroups('leads') },
      { may: false, reason: 'not_an_approver', why: expect.stringContaining('is not for you (`approvals[0]`)') },
    ],
    [
      'from somebody whose groups cannot be read',
      { membership: unreadable('oncall') },
      { may: false, reason: 'group_unreadable', why: expect.stringContaining('did not say who is in oncall') },
    ],
    ['that counts for one rule of two', { hosts: ['web-2'], service: 'bank' }, { may: true, counts: ['approvals[0]'] }],
    [
      'that needs a code',
      { hosts: ['web-2'], service: 'bank', membership: inGroups('security') },
      { may: false, reason: 'step_up_needed', rule: 'approvals[1]' },
    ],
    [
      'with its code',
      { hosts: ['web-2'], service: 'bank', membership: inGroups('security'), factor: 'totp' as const },
      { may: true, counts: ['approvals[1]'] },
    ],
    [
      'that is a no and so needs no code',
      { hosts: ['web-2'], service: 'bank', membership: inGroups('security'), answer: 'no' as const },
      { may: true },
    ],
    ['where no rule applies', { hosts: ['staging'], membership: NOBODY }, { may: true, counts: [] }],
    [
      'where no rule applies, from somebody without the command',
      { hosts: ['staging'], decision: DENIED },
      { may: false, reason: 'not_permitted', rule: 'channels' },
    ],
  ])('%s', (_, more, expected) => {
    expect(answer(more)).toMatchObject(expected);
  });
});

describe('what is still needed', () => {
  const people = new Map([
    ['U0OPS1', inGroups('oncall')],
    ['U0OPS2', inGroups('oncall')],
    ['U0SEC1', inGroups('security', 'oncall')],
    ['U0DEV1', inGroups('oncall')],
  ]);
  const standing = (votes: { person: string; factor?: 'totp' }[], about = deploy(['web-2'], 'bank')) => ({
    requestedBy: 'U0DEV1',
    rules: rulesFor(about, config),
    votes,
    memberships: people,
  });

  it('is said rule by rule, each person counted once for each', () => {
    expect(stillNeeds(standing([]))).toEqual([
      { path: 'approvals[0]', from: ['oncall'], missing: 2, stepUp: undefined },
      { path: 'approvals[1]', from: ['security'], missing: 1, stepUp: 'totp' },
    ]);
    const twice = standing([{ person: 'U0OPS1' }, { person: 'U0OPS1' }, { person: 'U0SEC1', factor: 'totp' }]);
    expect(stillNeeds(twice)).toEqual([]);
    expect(complete(twice)).toBe(true);
  });

  it.each([
    ['the requester', [{ person: 'U0DEV1' }, { person: 'U0OPS1' }], 'approvals[0]'],
    ['somebody unknown', [{ person: 'U0OPS1' }, { person: 'U0GONE' }], 'approvals[0]'],
    ['a yes without its code', [{ person: 'U0OPS1' }, { person: 'U0SEC1' }], 'approvals[1]'],
  ])('does not count %s', (_, votes, path) => {
    expect(stillNeeds(standing(votes)).map((need) => need.path)).toContain(path);
    expect(complete(standing(votes))).toBe(false);
  });

  it('is one confirmation where no rule applies', () => {
    expect(complete(standing([], deploy(['staging'])))).toBe(false);
    expect(complete(standing([{ person: 'U0DEV1' }], deploy(['staging'])))).toBe(true);
  });
});

// The whole way of a click: policy, votes, policy again, and the store's transaction. What it may lead to is counted anew.
describe('no deployment starts without the approvals its rule asks for', () => {
  const PEOPLE = ['U0AA', 'U0BB', 'U0CC', 'U0DD', 'U0EE'];
  const GROUPS = ['g1', 'g2', 'g3'];
  const HOSTS = ['h1', 'h2', 'h3'];
  const SERVICES = ['s1', 's2'];
  const some = (items: string[]) => fc.subarray(items, { minLength: 1 });
  const rule = fc.record({
    commands: fc.constantFrom<string[][]>(['deploy'], ['deploy', 'rollback'], ['rollback']),
    hosts: some(HOSTS).map((names) => names.join(',')),
    services: fc.option(some(SERVICES), { nil: undefined }),
    from: some(GROUPS),
    count: fc.integer({ min: 1, max: 3 }),
    self: fc.boolean(),
    stepUp: fc.option(fc.constant('totp' as const), { nil: undefined }),
  });
  const click = fc.record({
    person: fc.constantFrom(...PEOPLE),
    factor: fc.option(fc.constant('totp' as const), { nil: undefined }),
    at: fc.integer({ min: 0, max: 120 }),
    /** Before the click, somebody joins or leaves a group. */
    moves: fc.array(fc.record({ person: fc.constantFrom(...PEOPLE), group: fc.constantFrom(...GROUPS) }), {
      maxLength: 1,
    }),
  });
  const story = fc.record({
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    members: fc.array(fc.subarray(GROUPS), { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
    hosts: some(HOSTS),
    service: fc.constantFrom(...SERVICES),
    requestedBy: fc.constantFrom(...PEOPLE),
    clicks: fc.array(click, { minLength: 1, maxLength: 14 }),
  });

  it('over random policies, people, plans and clicks', async () => {
    let starts = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ rules, members, hosts, service, requestedBy, clicks }) => {
        const policy = parseConfig(
          JSON.stringify({
            slack: { team: 'T0TEAM' },
            hosts: Object.fromEntries(HOSTS.map((host) => [host, { url: `unix:///${host}` }])),
            groups: Object.fromEntries(GROUPS.map((group) => [group, { people: ['U0NOBODY'] }])),
            services: Object.fromEntries(SERVICES.map((name) => [name, { image: name, hosts: 'all' }])),
            approvals: rules,
          }),
          'f.yml',
          {},
        );
        const groups = new Map(PEOPLE.map((person, index) => [person, new Set(members[index])]));
        const membership = (person: string): Membership => inGroups(...(groups.get(person) ?? []));
        const about = { command: 'deploy', hosts, service };
        const store = await openStore(':memory:', KEYS);
        const question = { id: 'A', line: '', channel: 'C', requestedAt: 0, expiresAt: 100, plan: {}, hash: '' };
        await store.approvals.create({ ...question, command: 'deploy', service, requestedBy });
        for (const [index, { person, factor, at, moves }] of clicks.entries()) {
          for (const move of moves) {
            const of = groups.get(move.person);
            if (!of?.delete(move.group)) of?.add(move.group);
          }
          const now = {
            requestedBy,
            person,
            membership: membership(person),
            decision: ALLOWED,
            answer: 'yes',
          } as const;
          if (!canAnswer({ ...about, ...now, factor }, policy).may) continue;
          await store.approvals.vote({ id: 'A', person, at, ...(factor && { factor }) });
          const votes = await store.approvals.votes('A');
          const memberships = new Map(PEOPLE.map((one) => [one, membership(one)]));
          if (!complete({ requestedBy, rules: rulesFor(about, policy), votes, memberships })) continue;
          const start = await store.deployments.start({ id: `D${index}`, approval: 'A', hosts, by: person, at });
          if (!start.won) continue;
          starts += 1;
          expect(at).toBeLessThan(100);
          for (const asked of rules) {
            const applies =
              asked.commands.includes('deploy') &&
              asked.hosts.split(',').some((host) => hosts.includes(host)) &&
              (asked.services?.includes(service) ?? true);
            if (!applies) continue;
            const yes = new Set<string>();
            for (const vote of votes) {
              const member = asked.from.some((group) => groups.get(vote.person)?.has(group));
              const own = vote.person === requestedBy && !asked.self;
              if (member && !own && (asked.stepUp === undefined || vote.factor === 'totp')) yes.add(vote.person);
            }
            expect(yes.size).toBeGreaterThanOrEqual(asked.count);
          }
        }
        expect((await store.deployments.running()).length).toBeLessThanOrEqual(1);
        await store.close();
      }),
      { numRuns: 400 },
    );
    // A test in which nothing ever starts would show nothing.
    expect(starts).toBeGreaterThan(40);
  }, 120_000);
});
