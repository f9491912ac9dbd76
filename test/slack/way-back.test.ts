import { expect, it } from 'vitest';
import { buttonsOf } from '../../playground/server/index.ts';
import type { HostPlan, Served } from '../../src/docker/rollout/types.ts';
import type { Card } from '../../src/handlers/deploy/card/card.ts';
import type { CardHost } from '../../src/handlers/deploy/card/hosts.ts';
import type { Verdict } from '../../src/handlers/deploy/planning/types.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { versionsView } from '../../src/slack/views/deploy/versions.ts';
import { card, plan } from '../pictures/cards.ts';

const digest = (digits: string) => `sha256:${digits.repeat(64 / digits.length)}`;
const version = (tag: string | undefined, of: string): Served => ({
  image: { repository: 'harbor.example.com/devops/shop', digest: digest(of), ...(tag ? { tag } : {}) },
});
const UNHEALTHY: Served = { why: 'it is unhealthy' };

type Ran = Served | 'nothing';

/** A card of a deploy over hosts that ran these before; with verdicts, of one that has ended so. */
function cardOf(
  ran: Readonly<Record<string, Ran>>,
  verdicts?: Readonly<Record<string, string>>,
  verdict?: Verdict,
): Card {
  const like = plan.hosts[0] as HostPlan;
  const hosts = Object.entries(ran).map(
    ([host, served]): HostPlan => ({
      ...like,
      host,
      now: served === 'nothing' || !like.now ? undefined : { ...like.now, served },
    }),
  );
  const over = { ...plan, hosts, waves: [hosts.map(({ host }) => host)] };
  if (!verdicts || !verdict) return { ...card, plan: over };
  const ended = Object.entries(verdicts).map(([host, one]): CardHost => {
    const found = { verdict: one, phase: 'retain', why: '', tryThis: '', ms: 1 } as CardHost['verdict'];
    return {
      host,
      phase: undefined,
      since: undefined,
      detail: undefined,
      cause: undefined,
      steps: [],
      verdict: found,
      onAbort: undefined,
    };
  });
  const deployment: Card['deployment'] = {
    id: 'D1',
    startedAt: 1,
    finishedAt: 2,
    verdict,
    refused: undefined,
    abortedBy: undefined,
    abortReason: undefined,
    waitsUntil: undefined,
    hosts: ended,
  };
  return { ...card, plan: over, state: 'approved', deployment };
}

const presses = (shown: Card) =>
  buttonsOf(cardView(shown).blocks)
    .filter(({ value }) => value?.startsWith('/rollback'))
    .map(({ text, value }) => [text.text, value]);

it('a card that asks names the version and the command to return by, host by host where they differ', () => {
  const same = { 'web-1': version('1.3.2', 'ab'), 'web-2': version('1.3.2', 'ab') };
  expect(plainText(cardView(cardOf(same)).blocks)).toContain('`/rollback shop 1.3.2`');

  // `/rollback shop 1.3.2` alone would be answered with the question on which host the container is.
  const adopted = cardView({ ...cardOf(same), isOfConfig: false });
  expect(plainText(adopted.blocks)).toContain('`/rollback shop 1.3.2 --on web-1,web-2`');

  const mixed = cardOf({ 'web-1': version('1.3.2', 'ab'), 'web-2': version(undefined, 'cd'), 'web-3': UNHEALTHY });
  const text = plainText(cardView(mixed).blocks);
  expect(text).toContain('`/rollback shop 1.3.2 --on web-1`, `/rollback shop cdcdcdcdcdcd --on web-2`');
  expect(text).toContain('No later rollback on web-3: it is unhealthy.');
});

it('a card that asks says the way back and the waves of the hosts that change, and of no others', () => {
  const again = cardOf({ 'web-1': version('1.5.0', 'cd'), 'web-2': version('1.4.0', 'ab') });
  const hosts = again.plan.hosts.map((one) => ({ ...one, unchanged: one.host === 'web-1' }));
  const shown = (ask: boolean) =>
    plainText(cardView({ ...again, plan: { ...again.plan, hosts, ask, waves: [['web-1'], ['web-2']] } }).blocks);

  expect(shown(false)).toContain('Later: `/rollback shop 1.4.0 --on web-2`.');
  expect(shown(false)).not.toMatch(/--on web-1|waves/u);
  // An approval between them is asked for all the same.
  expect(shown(true)).toContain('In 2 waves, with approval between waves: web-1, then web-2');
});

it('a partial deploy offers to roll back the hosts that moved, and no others', () => {
  const same = { 'web-1': version('1.3.2', 'ab'), 'web-2': version('1.3.2', 'ab'), 'web-3': version('1.3.2', 'ab') };
  for (const [rest, verdict] of [
    ['rolled_back', 'partial'],
    ['skipped', 'partial'],
    ['needs_attention', 'needs_attention'],
  ] as const)
    expect(presses(cardOf(same, { 'web-1': 'deployed', 'web-2': rest, 'web-3': 'unchanged' }, verdict))).toEqual([
      ['Roll back web-1 to 1.3.2', `/rollback shop --to ${digest('ab')} --on web-1`],
    ]);
});

it.each([
  ['deployed', 'deployed'],
  ['partial', 'rolled_back'],
] as const)('a deploy to hundreds of hosts that ended %s has a button for the list of versions', (verdict, rest) => {
  const names = Array.from({ length: 300 }, (_, index) => `web-${index}.example`);
  const ran = Object.fromEntries(names.map((name) => [name, version('1.3.2', 'ab')]));
  const moved = Object.fromEntries(names.map((name, index) => [name, index < 299 ? 'deployed' : rest]));
  expect(presses(cardOf(ran, moved, verdict))).toEqual([['Roll back…', '/rollback shop']]);
});

it('hosts that ran different versions are rolled back each to its own; one that ran nothing or was ill has no button', () => {
  const ran = { 'web-1': version('1.3.2', 'ab'), 'web-2': version('1.3.1', 'cd'), 'web-3': 'nothing' as const };
  const moved = { 'web-1': 'deployed', 'web-2': 'deployed', 'web-3': 'deployed', 'web-4': 'rolled_back' };
  expect(presses(cardOf({ ...ran, 'web-4': UNHEALTHY }, moved, 'partial'))).toEqual([
    ['Roll back web-1 to 1.3.2', `/rollback shop --to ${digest('ab')} --on web-1`],
    ['Roll back web-2 to 1.3.1', `/rollback shop --to ${digest('cd')} --on web-2`],
  ]);
  expect(presses(cardOf({ 'web-1': 'nothing' }, { 'web-1': 'deployed' }, 'deployed'))).toEqual([]);
  expect(presses(cardOf({ 'web-1': UNHEALTHY, 'web-2': UNHEALTHY }, { 'web-1': 'deployed' }, 'partial'))).toEqual([
    ['Roll back…', '/rollback shop --on web-1'],
  ]);
});

it('a rollback that ended offers the way back from itself, and a broken glass both that and its review', () => {
  const done = cardOf({ 'web-1': version('1.4.0', 'ab') }, { 'web-1': 'deployed' }, 'deployed');
  expect(presses({ ...done, plan: { ...done.plan, action: 'rollback' } })).toHaveLength(1);

  const half = cardOf({ 'web-1': version('1.4.0', 'ab') }, { 'web-1': 'deployed' }, 'partial');
  const glass = { signers: [], dueAt: 5, signedBy: undefined };
  const broken: Card = { ...half, glass };
  expect(buttonsOf(cardView(broken).blocks).map(({ value }) => value)).toEqual([
    expect.stringMatching(/^\/dock sign/u),
    `/rollback shop --to ${digest('ab')} --on web-1`,
    expect.stringMatching(/^\/dock plan/u),
  ]);
});

it('the list has a button for hosts that do not run the version and can get its image', () => {
  const of = { tag: '1.3.2', digest: digest('ab'), at: 1, by: undefined };
  const list = (more: object) =>
    versionsView({
      kind: 'versions',
      service: 'shop',
      on: ['web-1', 'web-2'],
      hostsNamed: false,
      nobody: undefined,
      former: [],
      versions: [{ ...of, hosts: ['web-1', 'web-2'], running: [], gone: [], lost: false, isAllowed: true, ...more }],
    });
  const lines = (more: object) => buttonsOf(list(more).blocks).map(({ value }) => value);

  expect(lines({})).toEqual([`/rollback shop --to ${digest('ab')} --on web-1,web-2`]);
  expect(lines({ running: ['web-1'] })).toEqual([`/rollback shop --to ${digest('ab')} --on web-2`]);
  expect(lines({ running: ['web-1', 'web-2'] })).toEqual([]);
  expect(lines({ gone: ['web-2'] })).toEqual([`/rollback shop --to ${digest('ab')} --on web-1,web-2`]);
  expect(lines({ gone: ['web-2'], lost: true })).toEqual([`/rollback shop --to ${digest('ab')} --on web-1`]);
  expect(lines({ isAllowed: false })).toEqual([]);
});
