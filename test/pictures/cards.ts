import { SEE_EVIDENCE } from '../../src/docker/rollout/new-version.ts';
import type { HostPlan } from '../../src/docker/rollout/types.ts';
import { mention, phrase } from '../../src/domain/phrase.ts';
import type { Card } from '../../src/handlers/deploy/card/card.ts';
import type { CardHost } from '../../src/handlers/deploy/card/hosts.ts';
import type { Note } from '../../src/handlers/deploy/card/notes.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { cardView } from '../../src/slack/views/deploy/card/card.ts';
import { noteView } from '../../src/slack/views/deploy/notes.ts';
import { AT, DANA, DAY, MINUTE, OLI, type Picture, shortId } from './fixtures.ts';

export const ID = '01JD0000000000000000000000';
export const DIGEST = `sha256:${'ab12cd34'.repeat(8)}`;
export const OLD = `sha256:${'99ff00aa'.repeat(8)}`;
const oncall = { name: 'oncall', usergroup: 'S0ONCALL', people: [] };

function hostPlan(host: string, more: Partial<HostPlan> = {}): HostPlan {
  return {
    host,
    name: 'shop',
    strategy: 'stop-first',
    why: 'It publishes port 8080, which only one container can have.',
    interruption: 'Restarts in place: each host is down while it switches.',
    now: {
      containerId: shortId(3).repeat(5),
      containerName: 'shop',
      imageId: OLD,
      digest: OLD,
      tag: '1.3.2',
      state: 'running',
      configHash: 'aa',
      restartPolicy: { name: 'unless-stopped', maximumRetryCount: 0 },
      networks: {},
      served: { image: { repository: 'harbor.example.com/devops/shop', digest: OLD, tag: '1.3.2' } },
    },
    next: { digest: DIGEST, tag: '1.4.0', bodyHash: 'bb' },
    changes: [],
    warnings: [],
    conflicts: [],
    unchanged: false,
    imagePresent: false,
    diskFreeBytes: 41_000_000_000,
    oldImageKept: true,
    risks: [],
    ...more,
  };
}

export const plan: DeployPlan = {
  action: 'deploy',
  service: 'shop',
  image: { repository: 'harbor.example.com/devops/shop', tag: '1.4.0', digest: DIGEST },
  overrides: {},
  reason: 'Checkout is slow since Monday; this has the index and the smaller query.',
  breakGlass: false,
  step: 'minor',
  hosts: [
    hostPlan('web-1', {
      changes: [
        { setting: 'memory', from: '256MB', to: '512MB', secret: false },
        { setting: 'environment DB_URL', from: '', to: '', secret: true },
      ],
    }),
    hostPlan('web-2', {
      warnings: ['There is no health check: a pass only means that it kept running, which is weak evidence.'],
    }),
  ],
  waves: [['web-2'], ['web-1']],
  ask: true,
};

export const card: Card = {
  id: ID,
  channel: 'C0PROD',
  line: 'deploy shop 1.4.0',
  plan,
  hash: 'f00dbabe'.repeat(8),
  isOfConfig: true,
  environments: ['prod'],
  state: 'pending',
  integrity: 'signed',
  requestedBy: DANA,
  expiresAt: AT + 30 * MINUTE,
  decidedBy: undefined,
  decidedAt: undefined,
  reason: undefined,
  votes: [],
  needs: [{ count: 1, approvers: [oncall] }],
  deployment: undefined,
  glass: undefined,
};

const host = (name: string, more: Partial<CardHost> = {}): CardHost => ({
  host: name,
  phase: undefined,
  since: undefined,
  detail: undefined,
  cause: undefined,
  steps: [],
  verdict: undefined,
  onAbort: undefined,
  ...more,
});
const good = (name: string): CardHost => ({
  ...host(name, { phase: 'retain' }),
  steps: [
    { phase: 'pull', ms: 2100 },
    { phase: 'gate', ms: 5800 },
  ],
  verdict: { verdict: 'deployed', phase: 'retain', why: '1.4.0 runs and is healthy.', tryThis: '', ms: 8200 },
});
const under = (name: string, detail: string): CardHost =>
  host(name, { phase: 'gate', since: AT + 9000, detail, steps: [{ phase: 'pull', ms: 8400 }], onAbort: 'restore' });
const bad = (name: string): CardHost => ({
  ...host(name, { phase: 'roll-back' }),
  verdict: {
    verdict: 'rolled_back',
    phase: 'gate',
    why: '1.4.0 was unhealthy after 3 failed checks, so 1.3.2 runs again.',
    tryThis: SEE_EVIDENCE,
    ms: 21_000,
    evidence: {
      state: 'running (unhealthy)',
      exitCode: undefined,
      outOfMemory: false,
      restartCount: 0,
      error: '',
      healthLog: ['exit code 1: curl: (7) Failed to connect to localhost port 80: Connection refused'],
      lastLines: ['listening on :8080', 'cannot reach database at postgres://shop:***@db/shop: timeout'],
      strength: 'health check',
      causes: [
        {
          id: 'health-nothing-listens',
          rank: 58,
          sentence: 'Its health check is refused: nothing listens on the port it asks for.',
          evidence: [
            'failed 3 times in a row: exit 1: curl: (7) Failed to connect to localhost port 80',
            'check: curl -f localhost',
          ],
          advice: 'Compare the port of the check with the one the program listens on: `curl -f localhost`',
          next: [{ label: 'Show its log', line: 'logs shop.failed-01JD0000000000000000000000 -n 100 --on web-2' }],
        },
      ],
    },
  },
});

function running(hosts: readonly CardHost[], more: Partial<NonNullable<Card['deployment']>> = {}): Card {
  return {
    ...card,
    state: 'approved',
    decidedBy: OLI,
    votes: [{ person: OLI, factor: 'totp' }],
    deployment: {
      id: ID,
      startedAt: AT,
      finishedAt: undefined,
      verdict: undefined,
      refused: undefined,
      abortedBy: undefined,
      abortReason: undefined,
      waitsUntil: undefined,
      hosts,
      ...more,
    },
  };
}

const drawn = (name: string, of: Card): Picture => ({
  name: `card-${name}`,
  command: 'deploy',
  result: undefined,
  message: cardView(of),
});
const said = (name: string, message: ReturnType<typeof noteView>): Picture => ({
  name: `note-${name}`,
  command: 'deploy',
  result: undefined,
  message,
});
const reminder: Note = {
  kind: 'asked',
  what: 'deploy shop 1.4.0 on web-1, web-2',
  requestedBy: DANA,
  approvers: [oncall],
  expiresAt: AT + 20 * MINUTE,
  again: true,
};
const ended = { finishedAt: AT + 34_000 };
/** A deploy from the question to the verdict, and what is said beside it. */
export const CARDS: readonly Picture[] = [
  drawn('asked', card),
  drawn('asked-one-of-two', {
    ...card,
    needs: [{ count: 2, approvers: [oncall] }],
    votes: [{ person: OLI, factor: undefined }],
  }),
  drawn('confirm', { ...card, needs: [], plan: { ...plan, step: 'downgrade', waves: [['web-1', 'web-2']] } }),
  drawn('rejected', {
    ...card,
    state: 'rejected',
    decidedBy: OLI,
    decidedAt: AT + 4 * MINUTE,
    reason: 'Not tonight: payments are frozen until the audit is over.',
  }),
  drawn('expired', { ...card, state: 'expired' }),
  drawn('running', running([good('web-2'), under('web-1', 'health check: starting, 1 failed so far')])),
  drawn(
    'between-waves',
    running([good('web-2'), host('web-1', { onAbort: 'leave' })], {
      waitsUntil: AT + 30 * MINUTE,
    }),
  ),
  drawn(
    'rolling-back',
    running([
      host('web-2', {
        phase: 'roll-back',
        since: AT + 21_000,
        cause: 'It ended with exit code 1.',
        steps: [{ phase: 'pull', ms: 8400 }],
        detail: 'healthy; must stay so for 2 s',
      }),
      host('web-1'),
    ]),
  ),
  drawn('deployed', running([good('web-2'), good('web-1')], { ...ended, verdict: 'deployed' })),
  drawn('rolled-back', running([bad('web-2')], { ...ended, verdict: 'rolled_back' })),
  drawn('partial', running([good('web-2'), bad('web-1')], { ...ended, verdict: 'partial' })),
  drawn(
    'needs-attention',
    running(
      [
        {
          ...bad('web-2'),
          verdict: {
            ...(bad('web-2').verdict as NonNullable<CardHost['verdict']>),
            verdict: 'needs_attention',
            why: 'The engine on web-2 stopped responding (phase rename-old): The engine closed the connection. The engine on web-2 is not responding, so the old version is not restored yet.',
            tryThis:
              'Fairlead restores it as soon as web-2 responds, within a day; or do it by hand. On web-2: docker ps -a. To restore the old version: `n=$(docker ps -aq -f label=fairlead.deploy=01JD); docker stop $n; docker rename $n shop.failed-01JD; docker rename ea7fda298bd8 shop; docker update --restart always ea7fda298bd8; docker start ea7fda298bd8`',
            isUnrestored: true,
          },
        },
      ],
      { ...ended, verdict: 'needs_attention' },
    ),
  ),
  drawn('break-glass', {
    ...running([good('web-2'), good('web-1')], { ...ended, verdict: 'deployed' }),
    plan: { ...plan, breakGlass: true, reason: 'shop is down' },
    votes: [],
    glass: { signers: [oncall], dueAt: AT + DAY, signedBy: undefined },
  }),
  said(
    'evidence',
    noteView({ kind: 'evidence', host: 'web-2', verdict: bad('web-2').verdict as NonNullable<CardHost['verdict']> }),
  ),
  said('asked-again', noteView(reminder)),
  said(
    'asked-nobody',
    noteView({
      ...reminder,
      nobody: {
        why: phrase`Nobody can approve it now: ${mention(DANA)} is the only person in oncall, and nobody approves their own request (\`approvals.0\`).`,
        hint: 'Add one more person to oncall (their user group in Slack, which is read again every minute).',
      },
    }),
  ),
  said(
    'lock-asked',
    noteView({
      kind: 'lock-asked',
      service: 'shop',
      token: '0b0e2f7e-1c1d-4a5b-9c3d-2e4f6a8b0c1d',
      by: DANA,
      channel: 'C0PROD',
    }),
  ),
];
