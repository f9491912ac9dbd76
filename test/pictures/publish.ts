import type { PushAsked, Pushed } from '../../src/handlers/images/pushing/types.ts';
import type { TagAsked, Tagged, TagOffers } from '../../src/handlers/images/tagging/types.ts';
import { pushProgress } from '../../src/slack/views/images/push.ts';
import { AT, DANA, MINUTE, OLI, type Picture, timed } from './fixtures.ts';

const REGISTRY = 'harbor.example.com';
const OLD = `sha256:${'5d2c8e1f'.repeat(8)}`;
const NEW = `sha256:${'b7f3a90c'.repeat(8)}`;
const STAGING = `${REGISTRY}/staging/shop:1.4.2`;
const PROD = `${REGISTRY}/prod/shop`;
const oncall = [{ name: 'oncall', usergroup: 'S0ONCALL', people: [OLI] }];
const people = { requestedBy: DANA, answeredBy: DANA, audit: '' };

const offers: TagOffers = {
  kind: 'tag-offers',
  source: `${PROD}:1.4.2`,
  repository: PROD,
  offers: (['1.4.3', '1.5.0', '2.0.0'] as const).map((tag, index) => ({
    bump: (['patch', 'minor', 'major'] as const)[index] ?? 'patch',
    tag,
    line: `tag ${PROD}:1.4.2 ${PROD}:${tag}`,
  })),
  tagsCut: false,
};

const promoted: Tagged = {
  ...timed,
  ...people,
  kind: 'tagged',
  where: 'registry',
  source: STAGING,
  target: `${PROD}:stable`,
  hosts: [
    {
      host: REGISTRY,
      state: 'tagged',
      digest: NEW,
      before: OLD,
      back: `tag ${PROD}@${OLD} ${PROD}:stable`,
    },
  ],
  promotion: {
    ok: true,
    digest: NEW,
    way: 'blobs',
    present: 9,
    mounted: 4,
    copied: 0,
    copiedBytes: 0,
    carried: 2,
    left: [{ what: 'application/spdx+json', why: 'requested access to the resource is denied' }],
  },
  warnings: ['`stable` is a moving tag: it may stand for another image later.'],
};

const refused: Tagged = {
  ...promoted,
  hosts: [],
  promotion: undefined,
  warnings: [],
  failures: [
    {
      host: REGISTRY,
      summary: `Failed while setting the tag: ${REGISTRY} does not let \`prod/shop:stable\` be overwritten: a rule there makes it immutable. \`prod/shop:stable\` still is what it was.`,
      engineSaid: "Failed to process request due to 'shop:stable' configured as immutable.",
      tryThis: 'Choose the next version.',
    },
  ],
};

const onHosts: Tagged = {
  ...promoted,
  where: 'hosts',
  source: 'docker.io/library/nginx:1.27',
  target: 'docker.io/library/shop-proxy:1.27.0',
  promotion: undefined,
  warnings: [],
  hosts: [
    { host: 'web-1', state: 'tagged', digest: NEW, before: undefined, back: undefined },
    { host: 'web-2', state: 'unchanged', digest: NEW, before: NEW, back: undefined },
  ],
};

const tagAsked: TagAsked = {
  ...timed,
  kind: 'tag-asked',
  id: '01JD5R3Y8H0000000000TAG001',
  hash: '7c2370e9'.repeat(8),
  plan: {
    kind: 'registry',
    hosts: [{ host: 'web-1' }],
    source: STAGING,
    target: `${PROD}:1.4.1`,
    digest: NEW,
    before: OLD,
  },
  from: oncall,
  expiresAt: AT + 30 * MINUTE,
  audit: '',
};

const pushed: Pushed = {
  ...timed,
  ...people,
  kind: 'pushed',
  target: `${PROD}:1.4.3`,
  from: 'web-1',
  hosts: [{ host: 'web-1' }],
  state: 'pushed',
  now: NEW,
  before: null,
  uploaded: true,
  back: undefined,
  warnings: [],
};

const notPushed: Pushed = {
  ...pushed,
  hosts: [],
  state: 'failed',
  now: null,
  uploaded: false,
  failures: [
    {
      host: 'web-1',
      summary: `${REGISTRY} does not let the account \`registries.${REGISTRY}\` (there is no \`push\`) push to \`${PROD}\`.`,
      engineSaid: 'denied: requested access to the resource is denied',
      fromEngine: true,
      tryThis: `Give it the right to push there, or another one under \`registries.${REGISTRY}.push\`. The project has to exist.`,
    },
  ],
};

const pushAsked: PushAsked = {
  ...timed,
  kind: 'push-asked',
  id: '01JD5R3Y8H000000000PUSH001',
  hash: '9a01ee42'.repeat(8),
  plan: { hosts: [{ host: 'web-1' }], from: 'web-1', target: `${PROD}:1.4.1`, imageId: NEW, before: OLD },
  from: oncall,
  expiresAt: AT + 30 * MINUTE,
  audit: '',
};

const progress = { layersTotal: 7, layersDone: 3, bytesDone: 41_000_000, bytesTotal: 96_000_000, status: 'Pushing' };

export const PUBLISH: readonly Picture[] = [
  { name: 'tag-offers', command: 'tag', result: offers },
  { name: 'tag-promoted', command: 'tag', result: promoted },
  { name: 'tag-refused', command: 'tag', result: refused },
  { name: 'tag-hosts', command: 'tag', result: onHosts },
  { name: 'tag-asked', command: 'tag', result: tagAsked },
  { name: 'push', command: 'push', result: pushed },
  { name: 'push-refused', command: 'push', result: notPushed },
  { name: 'push-asked', command: 'push', result: pushAsked },
  {
    name: 'push-live',
    command: 'push',
    result: undefined,
    message: pushProgress({ kind: 'push', id: 'PUSH', image: `${PROD}:1.4.3`, host: 'web-1', progress }),
  },
];
