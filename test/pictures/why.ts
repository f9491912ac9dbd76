import type { Cause } from '../../src/docker/diagnosis/cause.ts';
import type { Diagnosed } from '../../src/handlers/containers/why/diagnosed.ts';
import type { WhyResult } from '../../src/handlers/containers/why/why.ts';
import { down, type Picture, timed } from './fixtures.ts';

const cause = (id: string, rank: number, more: Partial<Cause>): Cause => ({
  id,
  rank,
  sentence: '',
  evidence: [],
  advice: '',
  next: [],
  ...more,
});

const outOfMemory = cause('out-of-memory', 98, {
  sentence: 'It ran out of memory: the kernel killed it at its limit of 256MB.',
  evidence: ['OOMKilled true, exit code 137, event oom', 'memory limit 256MB'],
  advice: 'Raise the memory limit, or find what uses it.',
});
const heap = cause('heap-exhausted', 65, {
  sentence: "The program ran out of its own memory (its heap), before the container's limit.",
});

export const shop: Diagnosed = {
  host: 'web-1',
  name: 'shop',
  image: 'harbor.example.com/devops/shop:2.4.1',
  state: 'restarting',
  health: undefined,
  restarts: 12,
  diagnosis: { causes: [outOfMemory, heap], lookedAt: ['state and exit code', '40 lines of its log'], unread: [] },
  steps: [
    { label: 'Show its log', line: 'logs shop -n 100 --on web-1' },
    { label: 'List containers', line: 'ps -a --on web-1' },
  ],
};

const result = (hosts: readonly Diagnosed[], more: Partial<WhyResult> = {}): WhyResult => ({
  kind: 'why',
  ...timed,
  target: 'shop',
  hosts,
  audit: '',
  ...more,
});

const well: Diagnosed = {
  ...shop,
  state: 'running',
  health: 'healthy',
  restarts: 0,
  diagnosis: { causes: [], lookedAt: ['state and exit code', 'health checks', 'events'], unread: ['log'] },
  steps: [],
};

export const WHY: readonly Picture[] = [
  { name: 'why', command: 'why', result: result([shop]) },
  { name: 'why-several', command: 'why', result: result([shop, { ...well, host: 'web-2' }], { failures: [down] }) },
  {
    name: 'why-unknown',
    command: 'why',
    result: result([{ ...well, state: 'exited', health: undefined, steps: shop.steps }]),
  },
];
