import { card, DIGEST, ID, OLD, plan } from './cards.ts';
import { AT, DANA, DAY, MINUTE, OLI, type Picture } from './fixtures.ts';

const held = {
  service: 'shop',
  host: undefined,
  owner: OLI,
  reason: 'looking at a memory leak, please wait',
  channel: 'C0PROD',
  token: 't',
  takenAt: AT - 20 * MINUTE,
  until: AT + 100 * MINUTE,
};
const line = {
  id: ID,
  card: ID,
  action: 'deploy' as const,
  service: 'shop',
  hosts: ['web-1', 'web-2'],
  planned: 2,
  requestedBy: DANA,
  startedBy: OLI,
  breakGlass: false,
};

/** What goes with deploying: plans, versions, locks, records. */
export const DEPLOYS: readonly Picture[] = [
  { name: 'deploy-planned', command: 'deploy', result: { kind: 'planned', plan, hash: card.hash, audit: '' } },
  {
    name: 'deploy-planned-nobody',
    command: 'deploy',
    result: {
      kind: 'planned',
      plan,
      hash: card.hash,
      nobody: {
        why: 'Nobody can approve this deploy of shop 1.4.0: you are the only person in oncall, and nobody approves their own request (`approvals[0]`).',
        hint: 'Ask a colleague in developers to request it: you can approve theirs. Or add one more person to oncall (their user group in Slack, which is read again every minute).',
      },
      audit: '',
    },
  },
  {
    name: 'rollback-versions',
    command: 'rollback',
    result: {
      kind: 'versions',
      service: 'shop',
      on: ['web-1', 'web-2'],
      versions: [
        {
          digest: DIGEST,
          tag: '1.4.0',
          at: AT - DAY,
          by: DANA,
          hosts: ['web-1', 'web-2'],
          running: ['web-1', 'web-2'],
          gone: [],
          lost: false,
        },
        {
          digest: OLD,
          tag: '1.3.2',
          at: AT - 9 * DAY,
          by: OLI,
          hosts: ['web-1', 'web-2'],
          running: [],
          gone: ['web-2'],
          lost: false,
        },
      ],
    },
  },
  {
    name: 'plan-details',
    command: 'plan',
    result: {
      kind: 'plan',
      id: card.id,
      plan,
      hash: card.hash,
      line: card.line,
      requestedBy: DANA,
      mine: true,
      needsYes: true,
    },
  },
  {
    name: 'lock-taken',
    command: 'lock',
    result: { kind: 'locked', lock: held, how: 'taken', from: undefined, audit: '' },
  },
  {
    name: 'lock-held',
    command: 'lock',
    result: {
      kind: 'held',
      lock: held,
      line: [{ service: 'shop', person: DANA, channel: 'C0PROD', at: AT }],
      place: undefined,
      audit: '',
    },
  },
  { name: 'unlock', command: 'unlock', result: { kind: 'unlocked', service: 'shop', audit: '' } },
  { name: 'locks', command: 'locks', result: { kind: 'locks', at: AT, locks: [{ ...held, line: [] }] } },
  { name: 'ask', command: 'ask', result: { kind: 'holder-asked', service: 'shop', owner: OLI, audit: '' } },
  {
    name: 'history',
    command: 'history',
    result: {
      kind: 'deployments',
      rejections: [],
      service: 'shop',
      at: AT,
      older: 3,
      deployments: [
        { ...line, version: '1.4.0', state: 'running', verdict: undefined, at: AT - MINUTE, ms: undefined },
        {
          ...line,
          version: '1.3.9',
          state: 'ended',
          verdict: 'rolled_back',
          at: AT - DAY,
          ms: 41_000,
          hosts: ['web-1'],
        },
        {
          ...line,
          version: '1.3.2',
          state: 'ended',
          verdict: 'deployed',
          at: AT - 9 * DAY,
          ms: 28_000,
          action: 'rollback',
        },
        {
          ...line,
          version: '1.3.1',
          state: 'ended',
          verdict: 'deployed',
          at: AT - 12 * DAY,
          ms: 28_000,
          breakGlass: true,
        },
      ],
    },
  },
  {
    name: 'deployments-none',
    command: 'deployments',
    result: {
      kind: 'deployments',
      service: undefined,
      at: AT,
      deployments: [],
      older: 0,
      rejections: [],
    },
  },
  {
    name: 'approvals',
    command: 'approvals',
    result: {
      kind: 'approvals',
      at: AT,
      waiting: [
        {
          id: ID,
          hash: 'a'.repeat(64),
          command: 'deploy',
          line: card.line,
          requestedBy: DANA,
          expiresAt: AT + 30 * MINUTE,
          mine: true,
          isStuck: false,
        },
        {
          id: ID,
          hash: 'b'.repeat(64),
          command: 'prune',
          line: 'prune images -a',
          requestedBy: OLI,
          expiresAt: AT + 5 * MINUTE,
          mine: false,
          isStuck: true,
        },
      ],
    },
  },
  ...Object.entries({
    abort: 'Aborting. Hosts in progress roll back to the old version.',
    continue: 'Continuing with the next wave.',
    sign: 'Signed. The review is closed.',
  }).map(
    ([command, text]): Picture => ({
      name: command,
      command,
      result: {
        kind: 'answered',
        card: ID,
        text,
        quiet: false,
        audit: '',
      },
    }),
  ),
  { name: 'totp', command: 'totp', result: { kind: 'totp', state: 'active', audit: '' } },
];
