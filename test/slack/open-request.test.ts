import { expect, it } from 'vitest';
import { hashOfPrune } from '../../src/handlers/cleanup/preflight.ts';
import type { PrunePlan } from '../../src/handlers/cleanup/types.ts';
import { type GrantPlan, hashOfGrant } from '../../src/handlers/grants/plan.ts';
import { hashOfPush } from '../../src/handlers/images/pushing/stored-plan.ts';
import type { PushPlan } from '../../src/handlers/images/pushing/types.ts';
import { hashOfTag } from '../../src/handlers/images/tagging/stored-plan.ts';
import type { TagPlan } from '../../src/handlers/images/tagging/types.ts';
import { hashOfPlan } from '../../src/handlers/lifecycle/stored-plan.ts';
import type { LifecyclePlan } from '../../src/handlers/lifecycle/types.ts';
import { openBoard, STAGING } from './board-scene.ts';

const PRUNE: PrunePlan = {
  unlisted: ['web-2'],
  args: { what: 'images', all: true, names: [] },
  hosts: [{ host: 'web-1', bytes: 1, candidates: [{ id: 'sha256:1', label: 'shop:1', bytes: 1 }] }],
};
const GRANT: GrantPlan = {
  hosts: [{ host: 'web-1' }],
  names: ['shop'],
  forMs: 1_800_000,
  reason: 'look',
  allowed: ['ls *'],
};
const STOP: LifecyclePlan = {
  act: { action: 'stop' },
  hosts: [
    {
      host: 'web-1',
      targets: [
        {
          id: 'a'.repeat(64),
          name: 'worker',
          image: 'worker:1',
          imageId: `sha256:${'b'.repeat(64)}`,
          state: 'running',
          service: 'worker',
          affected: [],
          changes: [],
          cautions: [],
          notes: [],
          volumes: [],
        },
      ],
    },
  ],
};
const DIGEST = `sha256:${'d'.repeat(64)}`;
const OLD = `sha256:${'e'.repeat(64)}`;
const SHOP = 'registry.example.com/shop:1.4.0';
const TAG: TagPlan = {
  kind: 'registry',
  hosts: [{ host: 'web-1' }],
  source: 'registry.example.com/build/shop:9',
  target: SHOP,
  digest: DIGEST,
  before: OLD,
};
const TAG_ON_HOSTS: TagPlan = {
  kind: 'hosts',
  source: SHOP,
  target: 'docker.io/library/shop:live',
  hosts: ['web-1', 'web-2'].map((host) => ({
    host,
    imageId: DIGEST,
    before: OLD,
    why: ['shop:live is the image of shop.'],
  })),
};
const PUSH: PushPlan = { hosts: [{ host: 'web-1' }], from: 'web-1', target: SHOP, imageId: DIGEST, before: OLD };
const approvedBy = (group: string) => ({
  groups: { oncall: { people: ['U0OPS1'] }, leads: { people: ['U0OPS2'] } },
  approvals: [{ commands: ['grant', 'prune', 'push', 'stop', 'tag'], hosts: 'all', from: [group] }],
});

it.each([
  ['grant', { plan: GRANT, hash: hashOfGrant(GRANT), line: 'grant exec shop' }, /Reason: .*look/u],
  ['stop', { plan: STOP, hash: hashOfPlan(STOP), line: 'stop worker' }, /Stop worker/u],
  ['prune', { plan: PRUNE, hash: hashOfPrune(PRUNE), line: 'prune images -a' }, /shop:1.*web-2\*: Gave no list/u],
  [
    'tag',
    { plan: TAG, hash: hashOfTag(TAG), line: `tag build/shop:9 ${SHOP}` },
    /is a release.*eeeeeeeeeeee.*dddddddddddd/u,
  ],
  [
    'tag',
    { plan: TAG_ON_HOSTS, hash: hashOfTag(TAG_ON_HOSTS), line: `tag ${SHOP} shop:live` },
    /On web-2: shop:live is the image/u,
  ],
  ['push', { plan: PUSH, hash: hashOfPush(PUSH), line: `push ${SHOP}` }, /is a release.*eeeeeeeeeeee.*dddddddddddd/u],
])('the message of a %s that waits names the approvers of today after a restart', async (command, asked, details) => {
  const scene = await openBoard(approvedBy('oncall'));
  await scene.asked('A1', { command, ...asked });
  const { ts = '' } = await scene.client.chat.postMessage({ channel: STAGING, text: 'Needs approval from oncall' });
  await scene.board.asked('A1', { channel: STAGING, ts });

  await scene.board.catchUp();
  expect(await scene.shown()).toContain('Needs approval from <@U0OPS1>');
  const { config } = await openBoard(approvedBy('leads')).then(({ deps }) => deps);
  await scene.another({ config }).catchUp();

  expect(await scene.shown()).toContain('Needs approval from <@U0OPS2>');
  expect(await scene.shown()).toContain('/dock approve A1');
  expect(await scene.shown()).toMatch(details);
});

it.each([
  ['prune', { plan: PRUNE, hash: hashOfPrune(PRUNE), line: 'prune images -a' }, 'Anyone who may give this command'],
  ['push', { plan: PUSH, hash: hashOfPush(PUSH), line: `push ${SHOP}` }, 'Nobody can approve it now'],
])('a %s that waits says who can answer it once the config has no rule for it', async (command, asked, who) => {
  const scene = await openBoard({});
  await scene.asked('A1', { command, ...asked });
  const { ts = '' } = await scene.client.chat.postMessage({ channel: STAGING, text: 'Needs approval from oncall' });
  await scene.board.asked('A1', { channel: STAGING, ts });

  await scene.board.catchUp();

  expect(await scene.shown()).toContain(who);
});
