import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import type { HostPlan, HostProgress, Phase, Strategy } from '../../src/docker/rollout/types.ts';
import { readCard } from '../../src/handlers/deploy/card/card.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { checkMessage } from '../../src/slack/block-kit/limits.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { noteView } from '../../src/slack/views/deploy/notes.ts';
import type { Store } from '../../src/store/store.ts';
import { card, plan } from '../pictures/cards.ts';
import { freshStore, question } from '../store/fixture.ts';

const fixture = freshStore();
const AT = Date.UTC(2026, 10, 28, 12);
const config = parseConfig(
  JSON.stringify({ slack: { team: 'T0TEAM' }, hosts: { 'web-1': { url: 'unix:///nowhere' } } }),
  'test.yml',
  {},
);
const [like] = plan.hosts as [HostPlan];

function planOver(
  waves: readonly (readonly string[])[],
  more: Partial<DeployPlan> = {},
  strategy: Strategy = 'stop-first',
) {
  const hosts = waves.flat().map((host) => ({ ...like, host, strategy, changes: [] }));
  return { ...plan, waves, hosts, ask: false, ...more };
}

type Step = readonly [host: string, phase: Phase, seconds: number, note?: { readonly why: string }];

/** The card of a deployment whose journal says so, drawn where `progress` is seen. */
async function drawn(
  over: DeployPlan,
  steps: readonly Step[],
  more: { progress?: HostProgress; done?: readonly string[]; givenUp?: string; abortedBy?: string } = {},
) {
  const { store } = fixture as { store: Store };
  const hosts = over.waves.flat();
  await store.approvals.create(
    question('A1', { plan: over, command: over.action, requestedAt: AT, expiresAt: AT + 1e6 }),
  );
  const { deployment } = (await store.deployments.start({ id: 'D1', approval: 'A1', hosts, by: 'U0OPS1', at: AT })) as {
    deployment: { id: string };
  };
  const claim = await store.deployments.claim('P1', AT);
  const lease = claim?.lease ?? { deployment: '', owner: '', attempt: 0 };
  for (const [host, phase, seconds, note] of steps)
    await store.deployments.phase(lease, { host, phase, note, at: AT + seconds * 1000 });
  for (const host of more.done ?? []) {
    const detail = { verdict: 'deployed', phase: 'retain', why: '1.4.0 runs and is healthy.', tryThis: '', ms: 9000 };
    await store.deployments.hostVerdict(lease, { host, verdict: 'deployed', detail, at: AT + 30_000 });
  }
  if (more.givenUp) {
    const tryThis = `By hand: ${'docker ps; '.repeat(60)}docker start shop`;
    const detail = { verdict: 'needs_attention', phase: 'start', why: 'Away.', tryThis, isUnrestored: true, ms: 9000 };
    await store.deployments.hostVerdict(lease, {
      host: more.givenUp,
      verdict: detail.verdict,
      detail,
      at: AT + 50_000,
    });
  }
  if (more.abortedBy) await store.deployments.requestAbort(deployment.id, more.abortedBy, AT);
  const progress = new Map(more.progress ? [[more.progress.host, more.progress]] : []);
  const runner = { wake() {}, abort() {}, start() {}, async stop() {}, progress: () => progress };
  const card = await readCard('A1', { config, store, runner });
  if (!card) throw new Error('no card');
  const message = cardView(card);
  expect(checkMessage(message)).toEqual([]);
  const pressed = message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  const abort = pressed.find((one) => one.type === 'button' && one.value === '/dock abort A1');
  return {
    headline: message.text,
    text: plainText(message.blocks),
    abort: abort?.type === 'button' ? abort.confirm?.text.text : undefined,
  };
}

it('a rollback under way is said as one, with the version restored, its cause and no Abort', async () => {
  const card = await drawn(
    planOver([['web-1']]),
    [
      ['web-1', 'pull', 0],
      ['web-1', 'gate', 8],
      ['web-1', 'roll-back', 20, { why: 'It ended with exit code 1.' }],
    ],
    { progress: { host: 'web-1', phase: 'roll-back', words: 'x', detail: 'healthy; must stay so for 2 s' } },
  );

  expect(card.headline).toMatch(/failed on web-1.*Restoring 1\.3\.2 on web-1/u);
  expect(card.text).not.toMatch(/Deploying/u);
  expect(card.text).toMatch(/web-1: restoring `1\.3\.2`: healthy; must stay so for 2 s \(since .*12:00:20/u);
  expect(card.text).toContain('It ended with exit code 1.');
  expect(card.text).toMatch(/pull 8 s · health check 12 s/u);
  expect(card.abort).toBeUndefined();
});

it('what was seen in a phase that is over is not said of the next one', async () => {
  const card = await drawn(
    planOver([['web-1']]),
    [
      ['web-1', 'gate', 0],
      ['web-1', 'roll-back', 20, { why: 'It ran out of memory.' }],
    ],
    { progress: { host: 'web-1', phase: 'gate', words: 'x', detail: 'healthy; must stay so for 10 s' } },
  );

  expect(card.text).not.toContain('must stay so');
});

it('a rollback that somebody asked for is not called a deployment', async () => {
  const card = await drawn(planOver([['web-1']], { action: 'rollback' }), [['web-1', 'start', 3]]);

  expect(card.headline).toMatch(/Rolling shop back to 1\.4\.0/u);
  expect(card.abort).toBe('web-1: back to `1.3.2`.');
});

it('Abort says of each host what it would do now', async () => {
  const over = planOver([['web-1'], ['web-2'], ['web-3']]);
  const card = await drawn(
    over,
    [
      ['web-1', 'retain', 1],
      ['web-2', 'gate', 20],
    ],
    { done: ['web-1'] },
  );

  expect(card.abort).toBe('web-2: back to `1.3.2`.\nweb-3: not started.\nweb-1: stays on 1.4.0.');
});

it.each<[Strategy, Phase, boolean]>([
  ['stop-first', 'pull', true],
  ['stop-first', 'gate', true],
  ['stop-first', 'promote', false],
  ['stop-first', 'retain', false],
  ['start-first', 'promote', true],
  ['start-first', 'drain', true],
  ['start-first', 'stop-old', false],
  ['start-first', 'rename-old', false],
  ['create', 'gate', true],
  ['create', 'promote', false],
  ['swarm', 'watch', true],
  ['swarm', 'roll-back', false],
])('of a %s rollout in the phase %s there is something to abort: %s', async (strategy, phase, is) => {
  const card = await drawn(planOver([['web-1']], {}, strategy), [['web-1', phase, 1]]);

  expect(card.abort !== undefined).toBe(is);
});

it('hosts that will not be begun after a failure are nothing to abort', async () => {
  const card = await drawn(planOver([['web-1'], ['web-2']]), [
    ['web-1', 'gate', 1],
    ['web-1', 'roll-back', 9, { why: 'It ended with exit code 1.' }],
  ]);

  expect(card.abort).toBeUndefined();
});

it('an aborted deployment names who aborted it and what is restored', async () => {
  const card = await drawn(
    planOver([['web-1']]),
    [
      ['web-1', 'gate', 1],
      ['web-1', 'roll-back', 9, { why: 'Aborted.' }],
    ],
    {
      abortedBy: 'U0OPS1',
    },
  );

  expect(card.headline).toMatch(/<@U0OPS1> aborted shop 1\.4\.0\. Restoring 1\.3\.2 on web-1/u);
});

it('a deployment that failed names the version that runs again', () => {
  const over = planOver([['web-1']]);
  const deployment = {
    id: 'D1',
    startedAt: AT,
    finishedAt: AT + 9000,
    tookMs: 9000,
    verdict: 'rolled_back' as const,
    refused: undefined,
    abortedBy: undefined,
    waitsUntil: undefined,
    hosts: [],
  };

  expect(cardView({ ...card, plan: over, deployment }).text).toMatch(/^shop 1\.4\.0 .*1\.3\.2 runs again/u);
});

it('the approver of a deployment hears of its failure beside the requester, and of a success only the requester', () => {
  const ended = {
    kind: 'ended',
    what: 'shop 1.4.0',
    left: 'old',
    blamed: { blame: 'crashed', runs: undefined },
    hasEvidence: true,
    requestedBy: 'U0DEV1',
    approvedBy: ['U0OPS1'],
  } as const;

  expect(noteView({ ...ended, verdict: 'rolled_back' }).text).toMatch(/^<@U0DEV1> <@U0OPS1>: /u);
  expect(noteView({ ...ended, verdict: 'deployed' }).text).toMatch(/^<@U0DEV1>: /u);
});

it('the text of a card says environment and commit in plain words, and that a commit is not signed', () => {
  const by = { kind: 'key', key: 'release.pub' } as const;
  const built = { repository: 'https://github.com/acme/shop', commit: 'c0ffee12'.repeat(5) };
  const textOf = (proof: NonNullable<DeployPlan['proof']>) => cardView({ ...card, plan: { ...plan, proof } }).text;

  const signed = textOf({ by, built });
  for (const word of [
    'shop',
    '1.4.0',
    'environment prod',
    'commit c0ffee12c0ff',
    `${built.repository}/commit/c0ffee12`,
  ])
    expect(signed).toContain(word);
  expect(signed).not.toContain('not signed');
  expect(textOf({ by, claimed: built })).toContain('not signed');
  expect(cardView({ ...card, environments: [] }).text).not.toMatch(/environment|commit/u);
});

it('two rules for the same people are one approval, since one person counts for both', () => {
  const oncall = card.needs[0]?.approvers ?? [];
  const saying = (needs: typeof card.needs) => plainText(cardView({ ...card, needs }).blocks);
  const one = { count: 1, approvers: oncall };

  expect(saying([one, one])).toBe(saying([one]));
  expect(saying([one, { count: 2, approvers: oncall }])).toBe(saying([{ count: 2, approvers: oncall }]));
});

it('of a deployment that was aborted between its waves, the card says by whom', () => {
  const facts = (verdict: 'partial' | 'aborted', abortReason: string | undefined) =>
    plainText(
      cardView({
        ...card,
        state: 'approved',
        deployment: {
          id: 'D1',
          startedAt: AT,
          finishedAt: AT,
          verdict,
          refused: undefined,
          abortedBy: 'U0OPS1',
          abortReason,
          waitsUntil: undefined,
          hosts: [],
        },
      }).blocks,
    );

  expect(facts('partial', undefined)).toContain('aborted by @U0OPS1 ·');
  expect(facts('partial', 'wrong version')).toMatch(/aborted by @U0OPS1: .wrong version/u);
  // Its headline has the name.
  expect(facts('aborted', undefined)).not.toContain('aborted by');
});

describe('a host whose roll-back was given up', () => {
  it('has all the commands that restore it by hand', async () => {
    const { text } = await drawn(planOver([['web-1']]), [['web-1', 'roll-back', 40]], { givenUp: 'web-1' });
    expect(text).toContain('docker start shop');
  });

  it('is being restored once that goes on', async () => {
    const { text } = await drawn(planOver([['web-1']]), [['web-1', 'roll-back', 60]], { givenUp: 'web-1' });
    expect(text).not.toContain('By hand');
    expect(text).toContain('restoring');
  });
});
