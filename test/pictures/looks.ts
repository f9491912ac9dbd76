import type { DiffResult } from '../../src/handlers/containers/diff.ts';
import type { InspectResult } from '../../src/handlers/containers/inspect.ts';
import type { PortResult } from '../../src/handlers/containers/port.ts';
import type { StatsResult, StatsRow } from '../../src/handlers/containers/stats/results.ts';
import type { TopResult } from '../../src/handlers/containers/top.ts';
import type { DfResult, DiskRow } from '../../src/handlers/hosts/df.ts';
import type { EventRow, EventsResult } from '../../src/handlers/hosts/events.ts';
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
  unnamed: 0,
  windows: [],
  follow: undefined,
};

const history = Array.from({ length: 12 }, (_, index) => ({
  at: AT + index * 3000,
  cpu: { 'web-1/shop': 30 + ((index * 7) % 19), 'web-2/shop-worker-with-a-long-name-1': 19 - (index % 4) },
}));

const inspected: InspectResult = {
  ...timed,
  hosts: ['web-1'],
  found: {
    kind: 'container',
    host: 'web-1',
    name: 'shop',
    left: 0,
    shown: {
      as: 'facts',
      facts: [
        { name: 'State', values: ['running', 'since 2026-03-02 09:30:11 UTC', 'restarted 3 times'] },
        { name: 'Health', values: ['unhealthy', 'failed 4 times in a row'] },
        { name: 'Health check', values: ['wget -qO- http://localhost/healthz || exit 1'], isCode: true },
        {
          name: 'Last check',
          values: ['exit code 1', 'wget: server returned error: HTTP/1.1 503 Service Unavailable'],
        },
        { name: 'Image', values: ['harbor.example.com/devops/shop:1.4.0'], isCode: true },
        { name: 'Entry point', values: ['docker-entrypoint.sh'], isCode: true },
        { name: 'Command', values: ['node server.js --token ***'], isCode: true },
        { name: 'Restart policy', values: ['unless-stopped'] },
        { name: 'Limits', values: ['memory 512MiB', '1.5 CPUs'] },
        { name: 'Ports', values: ['0.0.0.0:8080->80/tcp', '443/tcp'], isCode: true },
        { name: 'Networks', values: ['front 172.18.0.4 shop', 'back 172.19.0.2'], isCode: true },
        { name: 'Mounts', values: ['volume shop-data → /data', 'bind /etc/ssl → /etc/ssl (read-only)'], isCode: true },
        { name: 'Environment', values: ['DB_PASSWORD', 'DB_HOST', 'TZ', 'NODE_ENV', 'PATH'], isCode: true },
        {
          name: 'Labels',
          values: Array.from({ length: 40 }, (_, at) => `com.example.a-rather-long-label-name-${at}=value-${at}`),
          isCode: true,
        },
        {
          name: 'Container id',
          values: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
          isCode: true,
        },
      ],
    },
  },
};

const top: TopResult = {
  ...timed,
  hosts: ['web-1'],
  containers: [
    {
      host: 'web-1',
      container: 'shop',
      processes: [
        { pid: '14778', command: 'node --enable-source-maps server.js --token ***', time: '00:41:05', user: 'node' },
        { pid: '14801', command: 'node worker.js', time: '00:00:12', user: 'node' },
      ],
      more: 0,
      why: undefined,
    },
  ],
};

const port: PortResult = {
  ...timed,
  hosts: ['web-1'],
  containers: [
    {
      host: 'web-1',
      container: 'shop',
      status: 'Up 3 hours',
      isRunning: true,
      published: [{ ip: '0.0.0.0', privatePort: 80, publicPort: 8080, protocol: 'tcp' }],
      exposed: ['9229/tcp'],
    },
  ],
};

const diff: DiffResult = {
  ...timed,
  hosts: ['web-1'],
  containers: [
    {
      host: 'web-1',
      container: 'shop',
      added: 2,
      changed: 2,
      deleted: 1,
      changes: [
        { kind: 'changed', path: '/var/cache' },
        { kind: 'added', path: '/var/cache/thumbnails/0f3c1d2e4b5a69788796a5b4c3d2e1f0-large-preview.webp' },
        { kind: 'added', path: '/tmp/core.1' },
        { kind: 'changed', path: '/etc/hosts' },
        { kind: 'deleted', path: '/app/.npmrc' },
      ],
    },
  ],
};

const disk = (host: string, what: DiskRow['what'], bytes: number, frees: number): DiskRow => ({
  host,
  what,
  bytes,
  frees,
  items: frees === 0 ? 0 : Math.ceil(frees / 3e8),
  line: `prune ${what}${what === 'images' ? ' -a' : ''}`,
});

const df: DfResult = {
  ...timed,
  hosts: [
    {
      host: 'web-1',
      rows: [
        disk('web-1', 'images', 41.2e9, 18.9e9),
        disk('web-1', 'cache', 6.1e9, 4.4e9),
        disk('web-1', 'containers', 812e6, 54e6),
        disk('web-1', 'volumes', 12.5e9, 0),
      ],
      freeBytes: 3.1e9,
      named: [{ name: 'shop-data-before-the-migration', bytes: 2.2e9 }],
    },
    { host: 'web-2', rows: [disk('web-2', 'images', 3.3e9, 0.9e9)], freeBytes: undefined, named: [] },
  ],
};

const event = (name: string, action: string, index: number, detail = ''): EventRow => ({
  host: index % 3 === 2 ? 'web-2' : 'web-1',
  at: AT - index * 47_000,
  type: action === 'pull' ? 'image' : 'container',
  action,
  name,
  image: action === 'pull' ? '' : 'harbor.example.com/devops/shop:1.4.0',
  detail,
});

const events: EventsResult = {
  ...timed,
  hosts: ['web-1', 'web-2'],
  rows: [
    event('shop', 'start', 0),
    event('shop', 'die', 1, 'exit 137'),
    event('shop', 'oom', 2),
    event('shop', 'health_status: unhealthy', 3),
    event('harbor.example.com/devops/shop:1.4.0', 'pull', 4),
    event('cron-with-a-rather-long-name-1', 'die', 5, 'exit 0'),
  ],
  total: 6,
  page: 1,
  pages: 1,
  asked: 1,
  since: AT - 60 * MINUTE,
  until: AT,
  uncovered: [{ host: 'web-2', from: AT - 20 * MINUTE }],
  execs: 84,
};

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
  { name: 'inspect', command: 'inspect', result: inspected, request: { line: 'inspect shop @web-1' } },
  {
    name: 'inspect-format',
    command: 'inspect',
    result: {
      ...inspected,
      found: { ...inspected.found, shown: { as: 'format', text: '{"Status":"unhealthy","FailingStreak":4}' } },
    },
    request: { line: 'inspect shop --format "{{json .State.Health}}"' },
  },
  { name: 'top', command: 'top', result: top },
  {
    name: 'top-not-running',
    command: 'top',
    result: { ...top, containers: [{ ...top.containers[0], processes: [], why: 'not_running' }] },
  },
  { name: 'port', command: 'port', result: port },
  { name: 'diff', command: 'diff', result: diff },
  { name: 'df', command: 'df', result: df },
  { name: 'events', command: 'events', result: events },
  {
    name: 'ps-format',
    command: 'ps',
    result: {
      ...timed,
      hosts: [],
      rows: [{}],
      total: 2,
      page: 1,
      pages: 1,
      asked: 1,
      all: false,
      lines: { text: 'shop: Up 2 hours\nshop-worker: Up 3 hours', left: 0 },
    },
  },
];
