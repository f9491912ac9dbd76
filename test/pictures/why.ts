import type { Cause } from '../../src/docker/diagnosis/cause.ts';
import type { Diagnosed } from '../../src/handlers/containers/why/diagnosed.ts';
import type { WhyResult } from '../../src/handlers/containers/why.ts';
import { DANA, down, type Picture, timed } from './fixtures.ts';

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
  about: ['restarting', 'restarted 12 times', 'harbor.example.com/devops/shop:2.4.1'],
  isWell: false,
  well: '',
  diagnosis: { causes: [outOfMemory, heap], lookedAt: ['state and exit code', '40 lines of its log'], unread: [] },
  steps: [
    { label: 'Show its log', line: 'logs shop -n 100 --on web-1' },
    { label: 'List containers', line: 'ps -a --on web-1' },
  ],
};

const result = (hosts: readonly Diagnosed[], more: Partial<WhyResult> = {}): WhyResult => ({
  kind: 'why',
  left: { count: 0, inTrouble: 0 },
  ...timed,
  target: 'shop',
  hosts,
  audit: '',
  ...more,
});

const well: Diagnosed = {
  ...shop,
  about: ['running', 'healthy', 'harbor.example.com/devops/shop:2.4.1'],
  isWell: true,
  well: 'It runs and is healthy.',
  diagnosis: { causes: [], lookedAt: ['state and exit code', 'health checks', 'events'], unread: ['log'] },
  steps: [],
};

const image: Diagnosed = {
  ...shop,
  name: 'harbor.example.com/devops/shop:2.4.10',
  about: ['not on the host', 'amd64'],
  diagnosis: {
    causes: [
      cause('tag-missing', 92, {
        sentence: 'The repository has no tag `2.4.10`. Nearest: `2.4.1`, `2.4.0`, `2.3.9`.',
        evidence: ['manifest unknown: manifest unknown'],
        advice: 'Use one of these tags, or push the one that is missing.',
      }),
    ],
    lookedAt: [],
    unread: [],
  },
  steps: [
    {
      label: 'Pull harbor.example.com/devops/shop:2.4.1',
      line: 'pull harbor.example.com/devops/shop:2.4.1 --on web-1',
    },
  ],
};

export const WHY: readonly Picture[] = [
  {
    name: 'why',
    command: 'why',
    result: result([{ ...shop, lately: [['deploy of 2.4.1 by ', { person: DANA }, ' 12 minutes ago: deployed']] }]),
  },
  { name: 'why-several', command: 'why', result: result([shop, { ...well, host: 'web-2' }], { failures: [down] }) },
  { name: 'why-image', command: 'why', result: result([image]) },
  {
    name: 'why-unknown',
    command: 'why',
    result: result([{ ...well, isWell: false, about: ['exited'], steps: shop.steps }]),
  },
];
