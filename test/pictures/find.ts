import type { SearchResult } from '../../src/handlers/images/search.ts';
import type { TagRow, TagsResult } from '../../src/handlers/images/tags.ts';
import { AT, DAY, down, type Picture, timed } from './fixtures.ts';

const found = (name: string, description: string, stars?: number): SearchResult['rows'][number] => ({
  name,
  description,
  stars,
  isOfficial: stars !== undefined && !name.includes('/'),
  isAllowed: !name.startsWith('bitnami'),
});

const search: SearchResult = {
  at: AT,
  ms: 412,
  term: 'nginx',
  rows: [
    found('harbor.example.com/devops/nginx-proxy', 'The proxy before the shop'),
    found('nginx', 'Official build of Nginx.', 20_938),
    found('nginx/nginx-ingress', 'NGINX and NGINX Plus Ingress Controllers for Kubernetes', 109),
    found('bitnami/nginx', 'Bitnami container image for NGINX, with a description that is longer than fits', 201),
  ],
  total: 29,
  page: 1,
  pages: 3,
  asked: 1,
  searched: ['harbor.example.com', 'docker.io'],
  notSearched: [
    {
      registry: 'nexus.example.com:8083',
      cause: 'nexus.example.com:8083 is not reachable from Fairlead: connection refused.',
      tryThis: 'Check its address, DNS, and any firewall in between.',
    },
  ],
  cut: ['docker.io'],
  mayListTags: true,
};

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

function row(tag: string, kind: TagRow['kind'], digit: string, more: Partial<TagRow> = {}): TagRow {
  return {
    tag,
    kind,
    isVariant: false,
    detail: {
      digest: digest(digit),
      date: { at: AT - (Number.parseInt(digit, 16) + 1) * DAY, of: 'pushed' },
      bytes: 48.2e6,
      sizeOf: undefined,
      platforms: ['linux/amd64', 'linux/arm64'],
      signature: 'present',
      scan: { status: 'success', counts: [{ severity: 'high', count: 3 }] },
    },
    problem: undefined,
    runs: [],
    ...more,
  };
}

const plain = row('2.3.9', 'release', '6').detail;
const tags: TagsResult = {
  ...timed,
  repository: 'harbor.example.com/devops/shop',
  filter: undefined,
  rows: [
    row('2.5.0-rc.1', 'prerelease', '1'),
    row('2.4.1', 'release', '2', { runs: [{ host: 'web-1', containers: 1, state: 'same' }] }),
    row('2.4.0', 'release', '4', { runs: [{ host: 'web-2', containers: 2, state: 'moved' }] }),
    row('2.3.9', 'release', '6', {
      detail: plain && {
        ...plain,
        date: undefined,
        sizeOf: 'linux/amd64',
        signature: 'absent',
        scan: { status: 'not_scanned', counts: [] },
      },
    }),
    row('2.3.8', 'release', '7', { detail: undefined, problem: 'harbor.example.com did not respond in time.' }),
    row('main', 'moving', '8', { detail: plain && { ...plain, signature: 'unknown', scan: undefined } }),
  ],
  total: 32,
  page: 1,
  pages: 4,
  asked: 1,
  counts: { versions: 29, others: 3 },
  newest: '2.4.1',
  cut: false,
  running: [
    { host: 'web-1', containers: 1, tag: '2.4.1', digests: [digest('2')] },
    { host: 'web-2', containers: 2, tag: '2.4.0', digests: [digest('f')] },
  ],
  nearTags: [],
  isAllowed: true,
  may: { deploy: { service: 'shop', hosts: ['web-1', 'web-2'] }, pull: true, scan: true },
};

const searching = { args: { term: 'nginx', filter: [], noTrunc: false, limit: 25, page: 1 } };
const listing = { args: { repository: 'shop', filter: undefined, noTrunc: false, page: 1 } };

export const FIND: readonly Picture[] = [
  { name: 'search', command: 'search', result: search, request: searching },
  {
    name: 'search-none',
    command: 'search',
    result: { ...search, term: 'ngnix', rows: [], total: 0, pages: 1, cut: [], searched: ['docker.io'] },
    request: { args: { ...searching.args, filter: [{ key: 'is-official', value: 'true' }] } },
  },
  { name: 'tags', command: 'tags', result: tags, request: listing },
  {
    name: 'tags-none',
    command: 'tags',
    result: {
      ...tags,
      rows: [],
      total: 0,
      pages: 1,
      filter: '3.*',
      counts: { versions: 0, others: 0 },
      nearTags: ['2.4.1', '2.4.0'],
      failures: [down],
    },
    request: listing,
  },
  {
    name: 'tags-forbidden',
    command: 'tags',
    result: {
      ...tags,
      repository: 'bitnami/nginx',
      rows: tags.rows.slice(0, 2).map((one) => ({ ...one, runs: [] })),
      pages: 1,
      cut: true,
      running: [],
      isAllowed: false,
      may: { deploy: undefined, pull: false, scan: false },
    },
    request: listing,
  },
];
