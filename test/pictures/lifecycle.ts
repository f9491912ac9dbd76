import type { CpOutResult } from '../../src/handlers/containers/cp-out.ts';
import type { Acted, ActedResult, AskedResult, ContainersForm, Target } from '../../src/handlers/lifecycle/types.ts';
import { AT, DANA, down, MINUTE, OLI, type Picture, shortId, timed } from './fixtures.ts';
import { shop as diagnosed } from './why.ts';

const id = (seed: number) => shortId(seed).padEnd(64, '0');

const target: Target = {
  id: id(1),
  name: 'shop',
  service: 'shop',
  image: 'harbor.example.com/devops/shop:1.4.0',
  imageId: `sha256:${id(2)}`,
  state: 'running',
  affected: [],
  cautions: [],
  notes: [],
  volumes: [],
  changes: [],
};

const asked: AskedResult = {
  ...timed,
  kind: 'lifecycle-asked',
  id: '01JD',
  hash: '4c1d9ab277',
  act: { action: 'stop' },
  hosts: [
    {
      host: 'web-1',
      targets: [
        {
          ...target,
          affected: [
            { id: id(3), name: 'shop-sidecar', how: 'shares the network of shop and loses it' },
            { id: id(4), name: 'checkout', how: 'depends on shop (depends_on in its Compose file)' },
          ],
          notes: ['Restart policy unless-stopped: it stays stopped, after a reboot too.'],
        },
      ],
    },
  ],
  from: [],
  expiresAt: AT + 15 * MINUTE,
  audit: '',
};

const done: Acted = { id: id(1), name: 'shop', verdict: 'done', said: 'restarted, healthy after 12 s', notes: [] };

const acted: ActedResult = {
  ...timed,
  kind: 'lifecycle-acted',
  action: 'restart',
  requestedBy: DANA,
  answeredBy: DANA,
  hosts: [{ host: 'web-1', containers: [done] }],
  lost: [],
  audit: '',
};

const one = (action: ActedResult['action'], more: Partial<Acted>): ActedResult => ({
  ...acted,
  action,
  hosts: [{ host: 'web-1', containers: [{ ...done, ...more }] }],
});

const failed: ActedResult = {
  ...acted,
  hosts: [
    {
      host: 'web-1',
      containers: [
        {
          ...done,
          verdict: 'failed',
          said: 'restarted, but is not healthy: The container exited with code 1.',
          why: { ...diagnosed, host: 'web-1', name: 'shop' },
        },
        { ...done, id: id(5), name: 'worker', verdict: 'skipped', said: 'was not restarted: one before it failed' },
      ],
    },
    { host: 'web-2', containers: [{ ...done, verdict: 'skipped', said: 'was not restarted: one before it failed' }] },
  ],
};

const removal: AskedResult = {
  ...asked,
  act: { action: 'rm', force: true, volumes: true },
  from: [{ name: 'oncall', usergroup: 'S0ONCALL', people: [] }],
  hosts: [
    {
      host: 'web-1',
      targets: [
        {
          ...target,
          name: 'shop-old',
          cautions: [
            'shop-old is running, and is killed (SIGKILL).',
            'Its anonymous volumes are deleted with their data: 3f9c01ab77de (/cache).',
          ],
          notes: ['No other container uses shop-data. These volumes stay.'],
          volumes: [id(6)],
        },
      ],
    },
  ],
};

const update: AskedResult = {
  ...asked,
  act: { action: 'update', limits: { memory: 512 * 1024 * 1024 } },
  from: removal.from,
  hosts: [
    {
      host: 'web-1',
      targets: [
        {
          ...target,
          changes: [
            { setting: 'memory', from: '256MiB', to: '512MiB' },
            { setting: 'cpus', from: 'no limit', to: '1.5' },
          ],
          notes: ['Fairlead deploys shop: the next deploy takes its limits from the config again.'],
        },
      ],
    },
  ],
};

const form: ContainersForm = { kind: 'lifecycle-form', action: 'start', line: 'start', hosts: undefined };

const file: CpOutResult = {
  ...timed,
  host: 'web-1',
  container: 'shop',
  path: '/etc/shop/checkout.conf',
  name: 'checkout.conf',
  bytes: 2143,
  sha256: id(7),
  content: 'port = 8080\npassword = ***\n',
  unseen: [],
  isMasked: true,
  audit: '',
};

export const LIFECYCLE: readonly Picture[] = [
  { name: 'stop-asked', command: 'stop', result: asked },
  {
    name: 'stop',
    command: 'stop',
    result: one('stop', {
      said: 'killed after 10 s: it did not stop on SIGTERM (exit code 137)',
      notes: ['Restart policy unless-stopped: it stays stopped, after a reboot too.'],
    }),
  },
  { name: 'start-form', command: 'start', result: form },
  { name: 'start', command: 'start', result: one('start', { verdict: 'unchanged', said: 'is running already' }) },
  { name: 'restart', command: 'restart', result: acted },
  { name: 'restart-failed', command: 'restart', result: failed },
  {
    name: 'restart-lost',
    command: 'restart',
    result: { ...one('restart', { verdict: 'unknown', said: 'may or may not be restarted' }), lost: [down] },
  },
  {
    name: 'stop-approved',
    command: 'stop',
    result: { ...one('stop', { said: 'stopped with exit code 0' }), answeredBy: OLI },
  },
  { name: 'kill', command: 'kill', result: one('kill', { said: 'got SIGHUP, and is running' }) },
  { name: 'pause', command: 'pause', result: one('pause', { said: 'paused' }) },
  { name: 'unpause', command: 'unpause', result: one('unpause', { said: 'runs again' }) },
  { name: 'rename', command: 'rename', result: one('rename', { said: 'is called shop-old now' }) },
  { name: 'rm-asked', command: 'rm', result: removal },
  {
    name: 'rm',
    command: 'rm',
    result: one('rm', { said: 'removed', notes: ['No other container uses shop-data. These volumes stay.'] }),
  },
  { name: 'update-asked', command: 'update', result: update },
  {
    name: 'update',
    command: 'update',
    result: one('update', { said: 'updated: memory 256MiB → 512MiB, cpus no limit → 1.5' }),
  },
  { name: 'cp-out', command: 'cp-out', result: file },
];
