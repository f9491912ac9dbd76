import { DatabaseSync } from 'node:sqlite';
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
import { runDueReminders } from '../../src/worker/reminders.ts';
import { openBoard, STAGING } from './board-scene.ts';

const PLAN: PrunePlan = {
  args: { what: 'images', all: true, names: [] },
  hosts: [{ host: 'web-1', bytes: 1, candidates: [{ id: 'sha256:1', label: 'shop:1', bytes: 1 }] }],
};
const FROM_ONCALL = {
  groups: { oncall: { people: ['U0OPS1'] } },
  approvals: [{ commands: ['prune'], hosts: 'all', from: ['oncall'] }],
};

/** A board with a prune that waits, in a message as its view posts it. */
async function asking(more: object = {}, line = 'prune images -a @web-1') {
  const scene = await openBoard(more);
  const expiresAt = Date.now() + 60_000;
  await scene.asked('A1', { plan: PLAN, hash: hashOfPrune(PLAN), command: 'prune', line, expiresAt });
  const { ts = '' } = await scene.client.chat.postMessage({ channel: STAGING, text: 'wants to remove 1 image' });
  const at = { channel: STAGING, ts };
  const later = { ...scene.deps, board: scene.board, now: () => expiresAt + 1 };
  return {
    ...scene,
    at,
    expire: () => runDueReminders(later),
    notes: async () => (await scene.store.outbox.next(10)).map(({ note }) => note),
  };
}

it('a confirmation of their own that expires is drawn, and told nobody', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);

  await it.expire();
  await it.board.flush();

  expect(await it.shown()).toMatch(/Expired .*prune images on web-1.*`\/prune images -a @web-1`/u);
  expect(await it.notes()).toEqual([]);
});

it('a request for approval that expires is told once, by whichever process sees it first', async () => {
  const it = await asking(FROM_ONCALL);
  await it.board.asked('A1', it.at);

  await Promise.all([it.expire(), it.expire()]);

  expect(await it.notes()).toMatchObject([{ kind: 'expired', what: 'prune images on web-1' }]);
});

it('a line whose secrets were left out is not offered again', async () => {
  const it = await asking({}, 'prune images -a @web-1 --token ***');
  await it.board.asked('A1', it.at);

  await it.expire();
  await it.board.flush();

  expect(await it.shown()).toContain('Expired');
  expect(await it.shown()).not.toContain('To ask again');
});

it('a request whose plan turned out to be stale loses its buttons, and says why', async () => {
  const it = await asking(FROM_ONCALL);
  await it.board.asked('A1', it.at);

  const reason = 'Not started, since this plan is stale: worker on web-1 was removed.';
  await it.store.approvals.decide({ id: 'A1', state: 'stale', by: 'U0OPS1', at: Date.now(), reason });
  it.board.changed('A1', true);
  await it.board.flush();

  expect(await it.shown()).toMatch(/Request closed.*worker on web-1 was removed.*`\/prune images -a @web-1`/u);
  expect(await it.shown()).not.toContain('/dock approve');
});

it('a message that shows the answer to a click is never drawn over', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  await it.store.approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: Date.now() - 120_000 });
  await it.board.answered(it.at);

  await it.store.approvals.finish({ id: 'A1', verdict: 'done', at: Date.now() });
  it.board.changed('A1', true);
  await it.another().catchUp();
  await it.board.flush();

  expect(await it.shown()).toContain('wants to remove');
});

it('an answer whose process ended before it was shown is drawn by another process, a minute later', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  await it.store.approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: Date.now() });
  const other = it.another();
  await other.catchUp();
  expect(await it.shown()).toContain('wants to remove');
  await it.store.cards.markOutdated('A1', 'ask');
  Object.assign(it.deps, { now: () => Date.now() + 61_000 });

  await other.catchUp();

  expect(await it.shown()).toContain('Approved by <@U0OPS1>');
});

it('a message whose place Slack never said is found by a click, and drawn if its request has expired', async () => {
  const it = await asking();
  await it.expire();
  await it.board.flush();
  expect(await it.shown()).toContain('wants to remove');

  await it.board.clicked('A1', it.at);
  await it.board.flush();

  expect(await it.shown()).toContain('Expired');
});

it('a message whose place is stored while a click looks for it is left as it is', async () => {
  const it = await asking();
  const { cards } = it.store;
  const put: typeof cards.put = async (card) => {
    await it.board.asked('A1', it.at);
    return cards.put(card);
  };

  await it.another({ store: { ...it.store, cards: { ...cards, put } } }).clicked('A1', it.at);

  expect(await it.shown()).toContain('wants to remove');
});

it('a request whose record was changed is closed on its message without a word of its plan', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  const database = new DatabaseSync(it.file);
  database.exec("update approvals set requested_by = 'U0EVIL'");
  database.close();

  await it.expire();
  await it.another().catchUp();

  expect(await it.shown()).toMatch(/Request closed: its record is not signed/u);
  expect(await it.shown()).not.toContain('prune images');
});

it('a message that Slack took only after its request was closed is drawn', async () => {
  const it = await asking();
  await it.store.approvals.decide({ id: 'A1', state: 'withdrawn', by: 'U0DEV1', at: Date.now() });

  await it.board.asked('A1', it.at);
  await it.board.flush();

  expect(await it.shown()).toContain('<@U0DEV1> canceled the request to prune images');
});

it('a note about a request that was asked in a thread is said there', async () => {
  const it = await asking(FROM_ONCALL);
  await it.board.asked('A1', { ...it.at, thread: '5.5' });

  await it.expire();
  await it.board.settle();

  expect(it.texts().find((text) => text.includes('approval expired'))).toContain('"threadTs":"5.5"');
});

it('a message that somebody deleted is not posted again', async () => {
  const it = await asking();
  await it.board.asked('A1', { ...it.at, ts: '1.1' });

  await it.expire();
  await it.board.flush();

  expect(it.texts()).toHaveLength(1);
  expect(await it.store.cards.outdated('ask')).toEqual([]);
});

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
const PRUNE: PrunePlan = { ...PLAN, unlisted: ['web-2'] };
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
  ['prune', { plan: PLAN, hash: hashOfPrune(PLAN), line: 'prune images -a' }, 'Anyone who may give this command'],
  ['push', { plan: PUSH, hash: hashOfPush(PUSH), line: `push ${SHOP}` }, 'Nobody can approve it now'],
])('a %s that waits says who can answer it once the config has no rule for it', async (command, asked, who) => {
  const scene = await openBoard({});
  await scene.asked('A1', { command, ...asked });
  const { ts = '' } = await scene.client.chat.postMessage({ channel: STAGING, text: 'Needs approval from oncall' });
  await scene.board.asked('A1', { channel: STAGING, ts });

  await scene.board.catchUp();

  expect(await scene.shown()).toContain(who);
});
