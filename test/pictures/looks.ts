import type { StatsResult, StatsRow } from '../../src/handlers/containers/stats/results.ts';
import { AT, down, MINUTE, type Picture, shortId, timed } from './fixtures.ts';

const MIB = 1024 ** 2;

const use = (name: string, index: number, more: Partial<StatsRow> = {}): StatsRow => ({
  host: index % 2 === 0 ? 'web-1' : 'web-2',
  id: shortId(index + 60),
  name,
  cpuPercent: 38.21 / (index + 1),
  memoryBytes: 412 * MIB * 0.7 ** index,
  memoryLimit: index < 3 ? 512 * MIB : undefined,
  memoryPercent: (412 * 0.7 ** index * 100) / 512,
  network: index === 2 ? undefined : { received: 12.4e6 * (index + 1), sent: 48.1e6 },
  block: { read: 1.2e6 * index, written: 84e3 },
  pids: 12 + index,
  pidsLimit: undefined,
  throttled: 0,
  pressure: { share: index < 3 ? (412 * 0.7 ** index) / 512 : 0, of: index < 3 ? 'memory' : 'none' },
  ...more,
});

const near = { memoryBytes: 497 * MIB, memoryPercent: 97.07, pressure: { share: 0.97, of: 'memory' } } as const;
const rows = [
  use('shop', 0, near),
  use('shop-worker-with-a-long-name-1', 1),
  use('cron', 2),
  use('db', 3),
  use('cache', 4),
];

const stats: StatsResult = {
  ...timed,
  rows,
  total: 5,
  page: 1,
  pages: 1,
  asked: 1,
  hosts: [
    { host: 'web-1', running: 3 },
    { host: 'web-2', running: 2 },
  ],
  worst: rows,
  stopped: [],
  silent: [],
  windows: [],
  follow: undefined,
};

const history = Array.from({ length: 12 }, (_, index) => ({
  at: AT + index * 3000,
  cpu: { 'web-1/shop': 30 + ((index * 7) % 19), 'web-2/shop-worker-with-a-long-name-1': 19 - (index % 4) },
}));

/** What containers are and do: stats, inspections, processes, events. */
export const LOOKS: readonly Picture[] = [
  { name: 'stats', command: 'stats', result: stats },
  {
    name: 'stats-without-figures',
    command: 'stats',
    result: {
      ...stats,
      rows: rows.slice(1),
      worst: rows.slice(1),
      total: 4,
      stopped: [{ host: 'web-1', name: 'migrate', status: 'Exited (137) 3 hours ago' }],
      windows: ['win-1'],
      failures: [down],
    },
  },
  {
    name: 'stats-following',
    command: 'stats',
    result: { ...stats, follow: { id: '01JD', until: AT + 5 * MINUTE, ended: undefined, history } },
  },
  {
    name: 'stats-followed',
    command: 'stats',
    result: { ...stats, follow: { id: '01JD', until: AT + 5 * MINUTE, ended: 'time', history } },
  },
];
