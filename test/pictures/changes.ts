import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import type { RejectedResult } from '../../src/handlers/deploy/reject.ts';
import type { PullOutcome } from '../../src/handlers/images/pull.ts';
import { AT, DANA, down, MINUTE, OLI, type Picture, shortId, timed } from './fixtures.ts';

const pulled: PullOutcome = {
  ...timed,
  image: 'harbor.example.com/devops/shop:2.4.1',
  warnings: [],
  nearTags: [],
  tagsCut: false,
  nearRepository: undefined,
  signed: undefined,
  hosts: [
    {
      host: 'web-1',
      ms: 8400,
      pulled: {
        digest: `sha256:${shortId(5).repeat(5)}abcd`,
        imageId: `sha256:${shortId(6).repeat(5)}abcd`,
        bytes: 214e6,
        os: 'linux',
        arch: 'amd64',
        downloaded: true,
      },
    },
  ],
};

const candidates = Array.from({ length: 31 }, (_, index) => ({
  id: `sha256:${shortId(index).repeat(5)}abcd`,
  label: index === 3 ? '<none>' : `harbor.example.com/devops/shop:2.${index}.0`,
  bytes: 2e8 + index * 1e6,
}));

export const preview: PreviewResult = {
  ...timed,
  kind: 'preview',
  id: '01JD',
  hash: '10d8fd1b77',
  args: { what: 'images', names: [], all: true },
  hosts: [
    { host: 'web-1', candidates, bytes: 6.6e9 },
    { host: 'web-2', candidates: candidates.slice(0, 2), bytes: 4e8 },
  ],
  total: 33,
  bytes: 7e9,
  from: [{ name: 'oncall', usergroup: 'S0ONCALL', people: [] }],
  expiresAt: AT + 30 * MINUTE,
};

const pruned: PrunedResult = {
  ...timed,
  kind: 'pruned',
  what: 'images',
  requestedBy: DANA,
  answeredBy: OLI,
  hosts: [
    {
      host: 'web-1',
      removed: 31,
      bytes: 6.6e9,
      kept: [{ label: 'nginx:1.27', reason: 'in_use', why: 'is in use now' }],
    },
  ],
  audit: '',
};

const rejected: RejectedResult = {
  kind: 'rejected',
  what: 'prune images on web-1',
  requestedBy: DANA,
  answeredBy: OLI,
  withdrawn: false,
  reason: 'web-1 keeps those for the audit on Monday',
  audit: '',
};

export const CHANGES: readonly Picture[] = [
  { name: 'pull', command: 'pull', result: pulled },
  {
    name: 'pull-failed',
    command: 'pull',
    result: { ...pulled, hosts: [], failures: [down], nearTags: ['2.4.0', '2.4.2', '2.5.0-rc.1'] },
  },
  { name: 'prune', command: 'prune', result: preview },
  {
    name: 'prune-nothing',
    command: 'prune',
    result: { ...preview, total: 0, hosts: [{ host: 'web-1', candidates: [], bytes: 0 }] },
  },
  { name: 'prune-approved', command: 'approve', result: pruned },
  { name: 'prune-rejected', command: 'reject', result: rejected },
];
