import type { LogLine } from '../../src/handlers/containers/log/line.ts';
import type { FollowReport, LogsResult } from '../../src/handlers/containers/log/results.ts';
import type { ProgramReport } from '../../src/handlers/containers/program/results.ts';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import type { RunEnd, RunReport } from '../../src/handlers/containers/run/results.ts';
import type { ImagesResult } from '../../src/handlers/images/images.ts';
import { AT, DAY, down, MINUTE, type Picture, shortId, timed } from './fixtures.ts';

const repositories = [
  'harbor.example.com/devops/shop-frontend',
  'nginx',
  'harbor.example.com/devops/a-rather-long-name/of-a-service',
];

const images: ImagesResult = {
  ...timed,
  hosts: [
    { host: 'web-1', images: 214, bytes: 18.4e9, dangling: 12 },
    { host: 'web-2', images: 3, bytes: 412e6, dangling: 0 },
  ],
  rows: Array.from({ length: 12 }, (_, index) => ({
    host: index < 9 ? 'web-1' : 'web-2',
    repository: index === 7 ? '<none>' : (repositories[index % repositories.length] as string),
    tag: index === 7 ? '<none>' : `2.${index}.0-rc.1`,
    digest: undefined,
    id: shortId(index + 1),
    createdAt: AT - index * 3 * DAY,
    bytes: 1.2e6 * 3 ** index,
    dangling: index === 7,
    inUse: index % 3 === 0,
  })),
  total: 217,
  page: 1,
  pages: 11,
  asked: 1,
  digests: false,
  near: undefined,
};

const ps: PsResult = {
  ...timed,
  hosts: [
    { host: 'web-1', containers: 4, running: 3, unhealthy: 1 },
    { host: 'web-2', containers: 1, running: 1, unhealthy: 0 },
  ],
  rows: [
    ['shop', 'unhealthy', 'Up 3 minutes (unhealthy)'],
    ['shop-worker-with-a-long-name-1', 'healthy', 'Up 4 days (healthy)'],
    ['cron', undefined, 'Up 2 weeks'],
  ].map(([names, health, status], index) => ({
    host: index < 2 ? 'web-1' : 'web-2',
    id: shortId(index + 40),
    image: `harbor.example.com/devops/${names}:2.4.1`,
    command: 'docker-entrypoint.sh node server.js',
    createdAt: AT - DAY * (index + 1),
    state: 'running',
    status: status as string,
    health: health as 'healthy' | 'unhealthy' | undefined,
    ports: [
      { ip: '0.0.0.0', privatePort: 80, publicPort: 8080 + index, protocol: 'tcp' },
      { ip: '::', privatePort: 80, publicPort: 8080 + index, protocol: 'tcp' },
    ],
    names: names as string,
  })) as PsResult['rows'],
  total: 3,
  page: 1,
  pages: 1,
  asked: 1,
  all: true,
  lines: undefined,
};

const line = (index: number): LogLine =>
  index % 6 === 5
    ? { stream: 'stderr', text: `payment timeout, retrying (order ${index}) after ${'.'.repeat(90)} 12 s` }
    : { stream: 'stdout', text: `GET /basket/${index} 200 12ms` };
const log = (count: number): LogsResult => ({
  ...timed,
  kind: 'logs',
  grep: undefined,
  hosts: [
    {
      host: 'web-1',
      container: 'shop',
      lines: Array.from({ length: count }, (_, index) => line(index)),
      matched: count,
      scanned: count,
      hasOlder: count === 200,
      state: 'Up 3 minutes (healthy)',
    },
  ],
});

const follow: FollowReport = {
  kind: 'follow',
  unseen: [],
  id: '01JD',
  host: 'web-1',
  container: 'shop',
  lines: Array.from({ length: 9 }, (_, index) => line(index)),
  seen: 140,
  skipped: 131,
  until: AT + 10 * MINUTE,
  lost: false,
  reconnects: 0,
  gap: false,
  ended: undefined,
  how: undefined,
  failures: [],
  audit: '',
};

const program: ProgramReport = {
  kind: 'program',
  unseen: [],
  id: '01JD5R3Y8H0000000000SHOP01',
  host: 'web-1',
  container: 'shop',
  said: 'df -h',
  shown: [
    'Filesystem                Size      Used Available Use% Mounted on',
    'overlay                  98.3G     91.2G      2.1G  98% /',
    'tmpfs                    64.0M         0     64.0M   0% /dev',
    '/dev/sda1                98.3G     91.2G      2.1G  98% /data',
  ].map((text) => ({ stream: 'stdout', text })),
  lines: 4,
  boundS: 30,
  end: undefined,
  audit: '',
};
const programEnd = { ended: 'exited', exitCode: 0, ms: 412, isLeft: false, lost: undefined, text: '' } as const;
const programEnded = (more: Partial<NonNullable<ProgramReport['end']>>): ProgramReport => ({
  ...program,
  end: { ...programEnd, sha256: 'c0ffee0123456789'.repeat(4), ...more },
});

const ran: RunReport = {
  kind: 'run',
  id: '01JD5R3Y8H0000000000SHOP02',
  host: 'web-1',
  name: 'cache',
  image: 'redis:7.4',
  state: { at: 'up', status: 'Up 2 seconds (health: starting)' },
  ports: ['127.0.0.1:6379->6379/tcp'],
  shown: ['* Running mode=standalone, port=6379.', '* Ready to accept connections tcp'].map((text) => ({
    stream: 'stdout',
    text,
  })),
  lines: 2,
  until: AT + 30 * MINUTE,
  warnings: [],
  signed: undefined,
  diagnosis: undefined,
  audit: '',
};
const runEnded = (more: Partial<RunEnd>): RunEnd => ({
  at: 'ended',
  why: 'exited',
  exitCode: 0,
  outOfMemory: false,
  ms: 2300,
  isRemoved: true,
  text: '',
  sha256: 'c0ffee0123456789'.repeat(4),
  ...more,
});

export const READS: readonly Picture[] = [
  { name: 'run', command: 'run', result: ran },
  {
    name: 'run-pulling',
    command: 'run',
    result: {
      ...ran,
      state: {
        at: 'pulling',
        progress: { layersTotal: 6, layersDone: 2, bytesDone: 18e6, bytesTotal: 74e6, status: 'Downloading' },
      },
      shown: [],
      ports: [],
    },
  },
  {
    name: 'run-ended',
    command: 'run',
    result: {
      ...ran,
      name: 'alpine-h0p02a',
      image: 'alpine:3',
      ports: [],
      until: undefined,
      shown: [{ stream: 'stderr', text: "nslookup: can't resolve 'db': Name does not resolve" }],
      lines: 1,
      state: runEnded({ exitCode: 1 }),
    },
  },
  {
    name: 'run-refused',
    command: 'run',
    result: {
      ...ran,
      shown: [],
      ports: [],
      until: undefined,
      warnings: ['No tag given, so this is `redis:latest`: tomorrow it may be another image.'],
      state: {
        at: 'refused',
        summary: 'redis:7.44 does not exist.',
        engineSaid: 'manifest for redis:7.44 not found: manifest unknown',
        tryThis: 'Check the spelling of the repository and the tag.',
      },
    },
  },
  { name: 'exec', command: 'exec', result: programEnded({}) },
  { name: 'exec-running', command: 'exec', result: program },
  {
    name: 'exec-failed',
    command: 'exec',
    result: {
      ...programEnded({ exitCode: 127 }),
      said: 'psql -c "select count(*) from orders where paid_at is null and created_at > now()"',
      shown: [{ stream: 'stderr', text: 'exec: "psql": executable file not found in $PATH' }],
      lines: 1,
    },
  },
  {
    name: 'exec-timeout',
    command: 'exec',
    result: {
      ...programEnded({ ended: 'timed-out', exitCode: 143, ms: 30_400, isLeft: true, text: 'row\n'.repeat(2812) }),
      lines: 2812,
    },
  },
  { name: 'images', command: 'images', result: images },
  {
    name: 'images-none',
    command: 'images',
    result: { ...images, rows: [], pages: 1, total: 0 },
    request: { args: { reference: 'shpo', filter: [] } },
  },
  { name: 'images-down', command: 'images', result: { ...images, failures: [down], pages: 1 } },
  { name: 'ps', command: 'ps', result: ps },
  {
    name: 'ps-none',
    command: 'ps',
    result: { ...ps, rows: [], total: 0 },
    request: { args: { names: [], filter: [{ key: 'name', value: 'shpo' }] } },
  },
  { name: 'logs', command: 'logs', result: log(14) },
  { name: 'logs-long', command: 'logs', result: log(200) },
  { name: 'logs-nothing', command: 'logs', result: { ...log(0), grep: 'panic|fatal' } },
  { name: 'logs-following', command: 'logs', result: follow },
  { name: 'logs-followed', command: 'logs', result: { ...follow, ended: 'container', how: 'exited with code 1' } },
];
