import { SPECS } from '../../src/commands/index.ts';
import type { AuditResult } from '../../src/handlers/access/audit.ts';
import type { CanResult } from '../../src/handlers/access/can.ts';
import type { HelpResult } from '../../src/handlers/access/help.ts';
import type { HomeResult } from '../../src/handlers/access/home.ts';
import type { WhoamiResult } from '../../src/handlers/access/whoami.ts';
import type { HostsResult } from '../../src/handlers/hosts/hosts.ts';
import { AT, DANA, down, MINUTE, OLI, type Picture, timed } from './fixtures.ts';

const help: HelpResult = {
  commands: SPECS.map(({ name, access }) => ({ name, hosts: access === 'open' ? [] : ['web-1', 'web-2'] })),
  detail: undefined,
  configured: true,
  prefix: '',
};

const hosts: HostsResult = {
  ...timed,
  failures: [down],
  total: 1,
  page: 1,
  pages: 1,
  asked: 1,
  counts: { ok: 1, slow: 0, down: 1 },
  hosts: [
    {
      host: 'web-1',
      labels: { env: 'prod', role: 'web', datacenter: 'fra-1' },
      version: {
        engine: 'Docker Engine',
        version: '28.4.0',
        apiVersion: '1.51',
        os: 'linux',
        arch: 'amd64',
        podman: false,
      },
      info: {
        name: 'web-1',
        containers: 14,
        running: 12,
        paused: 0,
        stopped: 2,
        images: 214,
        cpus: 8,
        memoryBytes: 33e9,
        dataRoot: '/var/lib/docker',
        proxy: '',
        time: '',
        arch: 'amd64',
        swarm: false,
        warnings: [],
      },
      disk: { imagesBytes: 18.4e9, containersBytes: 1e6, volumesBytes: 4e9, cacheBytes: 0 },
      ms: 14,
    },
  ],
};

const deny: CanResult = {
  line: 'prune images --on web-1',
  opensForm: false,
  decision: {
    kind: 'deny',
    reason: 'not_permitted',
    rule: 'channels.C0PROD.grants',
    missing: 'In this channel `prune` is for developers and oncall.',
    permitted: ['web-2'],
    who: ['developers', 'oncall'],
    near: undefined,
  },
};

const whoami: WhoamiResult = {
  person: DANA,
  channel: 'C0PROD',
  groups: ['developers'],
  unreadable: ['oncall'],
  may: [{ name: 'images', hosts: ['web-1', 'web-2'] }],
};

const audit: AuditResult = {
  at: AT,
  page: 1,
  more: true,
  prefix: '',
  records: [3, 2, 1].map((seq) => {
    const record = {
      seq,
      at: AT - (4 - seq) * MINUTE,
      request: `01JD${seq}`,
      person: seq === 2 ? OLI : DANA,
      channel: 'C0PROD',
      team: 'T0FAIRLEAD',
      source: 'slash' as const,
      command: 'prune',
      line: 'prune images -a --older-than 7d --on all',
      hosts: ['web-1', 'web-2'],
      prev: '',
      hash: '',
    };
    const outcome = { ...record, kind: 'outcome' as const, outcome: 'ok' as const, detail: '31 removed' };
    return seq === 1
      ? { ...record, kind: 'decision', decision: 'deny', reason: 'not_permitted', hosts: [], ended: undefined }
      : { ...record, kind: 'decision', decision: seq === 2 ? 'allow' : 'needs-approval', ended: outcome };
  }),
};

const home: HomeResult = {
  ...timed,
  kind: 'home',
  failures: [down],
  waiting: [
    {
      id: '01JD0000000000000000000001',
      command: 'deploy',
      line: 'deploy shop 1.5.0 --reason "faster basket"',
      channel: 'C0PROD',
      requestedBy: DANA,
      expiresAt: AT + 24 * MINUTE,
    },
    {
      id: '01JD0000000000000000000002',
      command: 'prune',
      line: 'prune images -a --older-than 7d --on all',
      channel: 'C0PROD',
      requestedBy: DANA,
      expiresAt: AT + 9 * MINUTE,
    },
  ],
  deployments: ['rolled_back', undefined].map((verdict, index) => ({
    id: `d${index}`,
    card: `c${index}`,
    channel: 'C0PROD',
    action: 'deploy',
    service: 'shop',
    version: '1.5.0',
    hosts: ['web-1', 'web-2'],
    planned: 2,
    state: verdict === undefined ? 'running' : 'ended',
    verdict,
    requestedBy: OLI,
    startedBy: DANA,
    breakGlass: false,
    at: AT - MINUTE,
    ms: verdict === undefined ? undefined : 42_000,
  })),
  locks: [
    {
      service: 'shop',
      host: undefined,
      owner: OLI,
      reason: 'checking the cache',
      channel: 'C0PROD',
      token: 't',
      takenAt: AT - MINUTE,
      until: AT + 95 * MINUTE,
    },
  ],
  hosts: [{ host: 'web-1', engine: 'Docker Engine 28.4.0', running: 12, containers: 14 }],
  places: [
    {
      channel: 'C0PROD',
      may: ['images', 'ps', 'logs', 'deploy', 'rollback'].map((name) => ({ name, hosts: ['web-1', 'web-2'] })),
    },
    { channel: 'C0STAGING', may: [{ name: 'images', hosts: ['web-1'] }] },
  ],
};

export const DOCK: readonly Picture[] = [
  { name: 'help', command: 'help', result: help },
  { name: 'help-nothing', command: 'help', result: { ...help, commands: [] } },
  { name: 'usage', command: 'help', result: { ...help, detail: 'logs' } },
  { name: 'home', command: 'home', result: home },
  {
    name: 'home-unknown',
    command: 'home',
    result: { ...home, waiting: [], locks: [], deployments: [], hosts: [], failures: [], places: undefined },
  },
  { name: 'hosts', command: 'hosts', result: hosts },
  { name: 'can-not', command: 'can', result: deny },
  { name: 'whoami', command: 'whoami', result: whoami },
  { name: 'audit', command: 'audit', result: audit },
  { name: 'unfollow', command: 'unfollow', result: { kind: 'stopped' } },
];
