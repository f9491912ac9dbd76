import type { ReplicaRow } from '../../src/handlers/replicas/facts.ts';
import { problemsOf } from '../../src/handlers/replicas/problems.ts';
import type { StatusResult } from '../../src/handlers/replicas/status.ts';
import { AT, MINUTE, type Picture, timed } from './fixtures.ts';

const replica = (name: string, more: Partial<ReplicaRow> = {}): ReplicaRow => ({
  id: `${name}/1/01JD/boot`,
  name,
  machine: name,
  role: 'both',
  version: '0.15.0',
  startedAt: AT - 26 * 60 * MINUTE,
  silentMs: 1200,
  isAlive: true,
  isSelf: false,
  hasOwnConfig: true,
  deployments: 0,
  ...more,
});

const result = (more: Partial<StatusResult>): StatusResult => {
  const facts: StatusResult = {
    ...timed,
    replicas: [replica('fairlead-1', { isSelf: true }), replica('fairlead-2'), replica('fairlead-3')],
    functions: [],
    jobs: { count: 0, oldestMs: undefined },
    deployments: [],
    approvals: 0,
    outdatedCards: 0,
    outbox: { count: 0, oldestMs: undefined },
    database: { software: 'PostgreSQL 16.4', ms: 0.8, aheadMs: 0 },
    slack: { kind: 'socket-mode', state: { isOpen: true, forMs: 74 * MINUTE } },
    problems: [],
    ...more,
  };
  return { ...facts, problems: problemsOf(facts) };
};

export const REPLICAS: readonly Picture[] = [
  { name: 'status', command: 'status', result: result({}) },
  {
    name: 'status-silent',
    command: 'status',
    result: result({
      replicas: [
        replica('fairlead-1', { isSelf: true, role: 'receiver' }),
        replica('fairlead-2', { role: 'receiver', version: '0.15.1', hasOwnConfig: false }),
        replica('fairlead-3', { role: 'worker', deployments: 1 }),
        replica('fairlead-4', { role: 'worker', isAlive: false, silentMs: 3 * MINUTE, deployments: 1 }),
      ],
      deployments: [
        { service: 'shop', state: 'running', by: 'fairlead-3' },
        { service: undefined, state: 'running', by: 'fairlead-4' },
        { service: 'worker', state: 'queued', by: undefined },
      ],
      approvals: 2,
      outdatedCards: 1,
      outbox: { count: 4, oldestMs: 2 * MINUTE },
    }),
  },
];
