import { expect, it } from 'vitest';
import { Selector } from '../../src/domain/selector.ts';
import type { AppliedRule } from '../../src/policy/approval-rules.ts';
import { shortfalls } from '../../src/policy/enough-approvers.ts';
import { complete } from '../../src/policy/votes.ts';

function ruleOf({ path = 'approvals[0]', count = 1, self = false, from = [] }: RuleFacts): AppliedRule {
  const hosts = Selector.parse('all');
  return { path, rule: { commands: ['deploy'], hosts, from: [...from], count, self, expires: 1, remind: 1 } };
}
interface RuleFacts {
  readonly path?: string;
  readonly from?: readonly string[];
  readonly count?: number;
  readonly self?: boolean;
}

const MEMBERS = new Map([
  ['solo', new Set(['U1'])],
  ['pair', new Set(['U1', 'U2'])],
  ['others', new Set(['U3'])],
  ['empty', new Set<string>()],
  ['hidden', undefined],
]);
const kinds = (rules: readonly ReturnType<typeof ruleOf>[], requestedBy: string | undefined, oneApproval = false) =>
  shortfalls({ rules, requestedBy, members: MEMBERS, oneApproval });

it.for([
  ['the only person there is', [ruleOf({ from: ['solo'] })], 'U1', [{ kind: 'too_few', able: 0, own: true }]],
  ['where the only person may approve their own', [ruleOf({ from: ['solo'], self: true })], 'U1', []],
  ['somebody else', [ruleOf({ from: ['solo'] })], 'U9', []],
  ['one of two', [ruleOf({ from: ['pair'] })], 'U1', []],
  ['one of two, where two have to', [ruleOf({ from: ['pair'], count: 2 })], 'U1', [{ able: 1, own: true }]],
  ['where two have to, themselves included', [ruleOf({ from: ['pair'], count: 2, self: true })], 'U1', []],
  ['where two groups have two people', [ruleOf({ from: ['solo', 'others'], count: 2 })], 'U9', []],
  ['anybody, of a group that is empty', [ruleOf({ from: ['empty'] })], 'U9', [{ able: 0, own: false }]],
  ['of a group that cannot be read', [ruleOf({ from: ['hidden'] })], 'U1', []],
  ['of a group that cannot be read beside one that is empty', [ruleOf({ from: ['empty', 'hidden'] })], 'U1', []],
  [
    'where one of two rules is short',
    [ruleOf({ from: ['pair'] }), ruleOf({ path: 'approvals[1]', from: ['empty'] })],
    'U1',
    [{ rule: { path: 'approvals[1]' } }],
  ],
  ['where no rule applies', [], 'U1', []],
] as const)('what is requested by %s', ([_, rules, requestedBy, short]) => {
  expect(kinds(rules, requestedBy)).toMatchObject(short);
  expect(kinds(rules, requestedBy)).toHaveLength(short.length);
});

it('a prune takes one person who is in a group of every rule', () => {
  const both = [ruleOf({ from: ['pair'] }), ruleOf({ path: 'approvals[1]', from: ['others', 'solo'] })];
  expect(kinds(both, 'U1', false)).toEqual([]);
  expect(kinds(both, 'U1', true)).toMatchObject([{ kind: 'no_common', own: true }]);
  expect(kinds(both, 'U9', true)).toEqual([]);
  expect(kinds([...both, ruleOf({ from: ['hidden'] })], 'U9', true)).toEqual([]);
});

it('says the same as the rules do when everybody approves', () => {
  const memberships = new Map(
    ['U1', 'U2', 'U3', 'U9'].map((person) => {
      const groups = [...MEMBERS].filter(([, people]) => people?.has(person)).map(([name]) => name);
      return [person, { groups: new Set(groups), unreadable: new Set<string>() }];
    }),
  );
  const votes = [...memberships.keys()].map((person) => ({ person }));
  for (const from of [['solo'], ['pair'], ['others'], ['empty'], ['solo', 'others'], ['pair', 'others']])
    for (const count of [1, 2, 3])
      for (const self of [false, true])
        for (const requestedBy of ['U1', 'U2', 'U3', 'U9']) {
          const rules = [ruleOf({ from, count, self })];
          const isEnough = complete({ requestedBy, rules, votes, memberships });
          expect(kinds(rules, requestedBy).length === 0, JSON.stringify({ from, count, self, requestedBy })).toBe(
            isEnough,
          );
        }
});
