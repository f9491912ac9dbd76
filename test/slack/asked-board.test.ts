import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { hashOfPrune } from '../../src/handlers/cleanup/preflight.ts';
import type { PrunePlan } from '../../src/handlers/cleanup/types.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';
import { createBoard } from '../../src/slack/cards/board.ts';
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

/** The answer to a click on the message that asks. */
const REMOVED: Message = { text: 'Removed 1 image', blocks: [] };

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
  await it.board.replacing(it.at)(REMOVED);

  await it.store.approvals.finish({ id: 'A1', verdict: 'done', at: Date.now() });
  it.board.changed('A1', true);
  await it.another().catchUp();
  await it.board.flush();

  expect(await it.shown()).toContain('wants to remove');
});

/** A click approves it, and its answer takes the place of the message. */
async function answer(it: Awaited<ReturnType<typeof asking>>, board = it.board): Promise<void> {
  await it.store.approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: Date.now() });
  const replaced = board.replacing(it.at);
  await it.client.chat.update({ ...it.at, ...REMOVED, blocks: [] });
  await replaced(REMOVED);
}

it('an update that was under way when a click was answered does not cover the answer', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  const begun = Promise.withResolvers<void>();
  const arrives = Promise.withResolvers<void>();
  const update: typeof it.client.chat.update = async (body) => {
    begun.resolve();
    await arrives.promise;
    return it.client.chat.update(body);
  };
  const slow = { chat: { ...it.client.chat, update } } as unknown as typeof it.client;
  const board = createBoard(slow, () => it.deps);

  const catchingUp = board.catchUp();
  await begun.promise;
  const answering = answer(it, board);
  await expect.poll(it.shown).toContain('Removed 1 image');
  arrives.resolve();
  await Promise.all([catchingUp, answering]);
  await board.flush();

  expect(await it.shown()).toContain('Removed 1 image');
  expect(await it.store.cards.get('A1', 'ask')).toMatchObject({ rendered: 'answered' });
});

it('what was read of a request before a click answered it is not drawn over the answer', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  const { approvals, cards } = it.store;
  let read: Awaited<ReturnType<typeof approvals.get>>;
  const spots = {
    ...cards,
    get: async (id: string, kind: string) => {
      const spot = await cards.get(id, kind);
      if (!spot || read) return spot;
      read = await approvals.get(id);
      await answer(it, board);
      return spot;
    },
  };
  const get: typeof approvals.get = async (id) => read ?? approvals.get(id);
  const board = it.another({ store: { ...it.store, cards: spots, approvals: { ...approvals, get } } });

  await board.catchUp();
  await board.flush();

  expect(read?.state).toBe('pending');
  expect(await it.shown()).toContain('Removed 1 image');
});

it('a request that a click decides while open ones are drawn is left to its answer', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  const { approvals } = it.store;
  const pending: typeof approvals.pending = async (query) => {
    const read = await approvals.pending(query);
    await approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: Date.now() });
    // What is owed is drawn by who answers it.
    await it.store.cards.markRendered({ ...it.at, subject: 'A1', kind: 'ask', rendered: 'asked' });
    return read;
  };

  await it.another({ store: { ...it.store, approvals: { ...approvals, pending } } }).catchUp();

  expect(await it.shown()).toContain('wants to remove');
});

it('nothing is drawn while an answer is on its way, and what is true once it could not be shown', async () => {
  const it = await asking();
  await it.board.asked('A1', it.at);
  const replaced = it.board.replacing(it.at);
  await it.store.approvals.decide({ id: 'A1', state: 'approved', by: 'U0OPS1', at: Date.now() });
  it.board.changed('A1', true);
  await it.board.settle();
  expect(await it.shown()).toContain('wants to remove');

  await replaced(undefined);
  await it.board.flush();

  expect(await it.shown()).toContain('Approved by <@U0OPS1>');
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
