import { expect, it } from 'vitest';
import { connectEngine } from '../../src/docker/client/connect.ts';
import { runHost } from '../../src/docker/rollout/run.ts';
import type { HostPlan, HostRun } from '../../src/docker/rollout/types.ts';
import type { Card } from '../../src/handlers/deploy/card/card.ts';
import { placesOf } from '../../src/handlers/deploy/card/places.ts';
import type { CardVerdict, DeployPlan, Verdict } from '../../src/handlers/deploy/planning/types.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { noteView } from '../../src/slack/views/deploy/notes.ts';
import { card, plan } from '../pictures/cards.ts';

const [like] = plan.hosts as [HostPlan];
const { now } = like;
if (!now) throw new Error('nothing runs in the plan');

type Ran = string | 'nothing';
type How = Pick<CardVerdict, 'verdict'> & Partial<CardVerdict>;

/** Text of the card, and of the note beside it, of a deployment of 1.4.0 that ended so. */
function said(hosts: Readonly<Record<string, readonly [Ran, How]>>, verdict: Verdict, more: Partial<DeployPlan> = {}) {
  const names = Object.keys(hosts);
  const over: DeployPlan = {
    ...plan,
    ...more,
    waves: [names],
    hosts: Object.entries(hosts).map(([host, [ran]]) => ({
      ...like,
      host,
      now: ran === 'nothing' ? undefined : ({ ...now, tag: ran } as typeof now),
    })),
  };
  const verdicts = new Map(
    Object.entries(hosts).map(([host, [, how]]): [string, CardVerdict] => [
      host,
      { phase: 'gate', why: '', tryThis: '', ms: 1, ...how },
    ]),
  );
  const ended = [...verdicts].map(([host, one]) => ({
    host,
    phase: undefined,
    since: undefined,
    detail: undefined,
    cause: undefined,
    steps: [],
    verdict: one,
    onAbort: undefined,
  }));
  const deployment: Card['deployment'] = {
    id: 'D1',
    startedAt: 1,
    finishedAt: 2,
    verdict,
    refused: undefined,
    abortedBy: undefined,
    waitsUntil: undefined,
    hosts: ended,
  };
  const [headline] = cardView({ ...card, plan: over, deployment, environments: [] }).text.split(' · commit');
  const note = noteView({
    kind: 'ended',
    what: 'shop 1.4.0',
    verdict,
    left: 'old',
    places: placesOf(over, verdicts),
    blamed: { blame: undefined, runs: undefined },
    hasEvidence: false,
    requestedBy: 'U0DEV1',
    approvedBy: [],
  }).text;
  return { headline, note: note.replaceAll('`', '') };
}

const GOOD: How = { verdict: 'deployed' };
const BACK: How = { verdict: 'rolled_back' };

it.each<[string, Parameters<typeof said>[0], Verdict, string]>([
  [
    'a host rolled back',
    { 'web-1': ['1.3.2', GOOD], 'web-2': ['1.3.2', BACK] },
    'partial',
    'is on 1 of 2 hosts: web-1 has 1.4.0, web-2 still has 1.3.2.',
  ],
  [
    'a host that did not answer when its turn came',
    { 'web-1': ['1.3.2', GOOD], 'web-2': ['1.3.2', { verdict: 'failed_kept_old', isUnseen: true }] },
    'partial',
    'is on 1 of 2 hosts: web-1 has 1.4.0, what runs on web-2 is not known.',
  ],
  [
    'hosts that had different versions, or none',
    {
      'web-1': ['1.3.2', GOOD],
      'web-2': ['1.4.0', { verdict: 'unchanged' }],
      'web-3': ['1.3.1', { verdict: 'skipped' }],
      'web-4': ['nothing', BACK],
    },
    'partial',
    'is on 2 of 4 hosts: web-1, web-2 have 1.4.0; web-3 still has 1.3.1; nothing runs on web-4.',
  ],
  [
    'hosts that had changed since the plan, which may run any version',
    {
      'web-1': ['1.3.2', { verdict: 'failed_kept_old', isUnseen: true }],
      'web-2': ['1.3.2', { verdict: 'skipped' }],
    },
    'failed_kept_old',
    'was not deployed. Nothing changed.',
  ],
  [
    'a host whose old version was never stopped',
    { 'web-1': ['1.3.2', { verdict: 'failed_kept_old' }], 'web-2': ['1.3.2', { verdict: 'skipped' }] },
    'failed_kept_old',
    expect.stringMatching(/^was not deployed\. .+ was never stopped\.$/u) as string,
  ],
  [
    'an engine that was lost in the middle',
    { 'web-1': ['1.3.2', GOOD], 'web-2': ['1.3.2', { verdict: 'needs_attention' }] },
    'needs_attention',
    'needs attention now: web-1 has 1.4.0, what runs on web-2 is not known.',
  ],
  [
    'one host without any version, one with both',
    {
      'web-1': ['1.3.2', GOOD],
      'web-2': ['1.3.2', { verdict: 'needs_attention', runs: 'neither' }],
      'web-3': ['1.3.2', { verdict: 'needs_attention', runs: 'both' }],
    },
    'needs_attention',
    'needs attention now: web-1 has 1.4.0, nothing runs on web-2, web-3 has both 1.3.2 and 1.4.0.',
  ],
  [
    'many hosts of which each had another version',
    {
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [`web-${index}`, [`1.3.${index}`, BACK]] as const),
      ),
      'web-40': ['1.3.40', { verdict: 'needs_attention', runs: 'neither' }],
    },
    'needs_attention',
    `needs attention now: nothing runs on web-40, ${[0, 1, 2, 3, 4].map((index) => `web-${index} still has 1.3.${index}`).join(', ')}, and 35 more hosts.`,
  ],
])('the end names what each host runs: %s', (_, hosts, verdict, words) => {
  const { headline, note } = said(hosts, verdict);

  expect(headline?.replace('shop 1.4.0 ', '')).toEqual(words);
  expect(note.replace('<@U0DEV1>: shop 1.4.0 ', '')).toEqual(words);
});

it('what runs is not claimed of a host that did not answer when its turn came', async () => {
  const engine = connectEngine({ kind: 'unix', socketPath: '/nowhere/docker.sock' });
  const run: HostRun = {
    deployId: '01JD0000000000000000000000',
    by: 'U0DEV1',
    plan: like,
    wanted: {
      from: { kind: 'adopt', container: like.name },
      name: like.name,
      image: { repository: plan.image.repository, tag: plan.image.tag, digest: plan.image.digest },
      overrides: {},
      rollout: { strategy: 'auto', healthyWithin: 1000, stableFor: 100, drain: 100, keep: 2 },
    },
    auth: undefined,
    async journal() {},
    report() {},
    assertAllowed() {},
    signal: new AbortController().signal,
    redact: (text) => text,
    patienceMs: 0,
  };

  expect(await runHost(engine, run)).toMatchObject({ verdict: 'failed_kept_old', blame: 'engine', isUnseen: true });
});
