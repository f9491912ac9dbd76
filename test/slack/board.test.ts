import { expect, it, onTestFinished, vi } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import type { Board } from '../../src/handlers/deps.ts';
import { createBoard } from '../../src/slack/cards/board.ts';
import { clickedCard } from '../../src/slack/cards/card-messages.ts';
import { createLog } from '../../src/telemetry.ts';
import { plan } from '../pictures/cards.ts';
import { bare } from '../playground/app.ts';
import { question } from '../store/fixture.ts';
import { RECORD_KEY } from '../store/keys.ts';

const STAGING = 'C0STAGING';

/** A board on a local Slack, over the store of a bot that carries nothing out. */
async function openBoard() {
  const { slack, client, ...bench } = await bare();
  const channels = { [STAGING]: { name: 'staging' } };
  const text = JSON.stringify({ slack: { team: 'T0TEAM' }, hosts: { 'web-1': { url: 'unix:///nowhere' } }, channels });
  const core = await openCore(
    parseConfig(text, 'test.yml', {}),
    loadEnvironment({ DATABASE_URL: ':memory:', FAIRLEAD_RECORD_KEY: RECORD_KEY }),
    createLog('silent'),
  );
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
    members: async () => undefined,
    channels: async () => undefined,
  };
  const quiet: Board = { async post() {}, changed() {}, async note() {}, async tell() {} };
  const deps = core.deps(nobody, quiet);
  onTestFinished(async () => {
    await core.close();
    await bench[Symbol.asyncDispose]();
  });
  return {
    slack,
    client,
    store: deps.store,
    board: createBoard(client, () => deps),
    /** Another process on the same store. */
    another: () => createBoard(client, () => deps),
    texts: () => slack.messages({ channel: STAGING, as: 'U0OPS1' }).map((message) => JSON.stringify(message)),
    async asked(id: string, more: Partial<Parameters<typeof question>[1]> = {}) {
      const at = Date.now();
      await deps.store.approvals.create(
        question(id, { plan, channel: STAGING, requestedAt: at, expiresAt: at + 60_000, ...more }),
      );
    },
    async ended(id: string, state: 'rejected' | 'superseded') {
      await deps.store.approvals.decide({ id, state, by: 'U0OPS1', at: Date.now() });
    },
    async shown() {
      const [card] = slack.messages({ channel: STAGING, as: 'U0OPS1' });
      return JSON.stringify(card);
    },
  };
}

it('a card whose blocks Slack refuses says in words what happened, and offers nothing that is over', async () => {
  const it = await openBoard();
  await it.asked('A1');
  await it.board.post('A1', { channel: STAGING, thread: undefined });
  expect(await it.shown()).toContain('/dock approve A1');
  it.slack.faults.next({ method: 'chat.update', error: 'invalid_blocks' });

  await it.ended('A1', 'rejected');
  it.board.changed('A1', true);
  await it.board.flush();

  expect(await it.shown()).toMatch(/<@U0OPS1> rejected.*`\/dock plan A1`/u);
  expect(await it.shown()).not.toContain('/dock approve A1');
});

it('a card that cannot be posted with its blocks is posted in words', async () => {
  const it = await openBoard();
  await it.asked('A1');
  it.slack.faults.next({ method: 'chat.postMessage', error: 'invalid_blocks' });

  await it.board.post('A1', { channel: STAGING, thread: undefined });

  expect(await it.shown()).toMatch(/deploy shop 1\.4\.0 on web-1, web-2\?.*`\/dock plan A1`/u);
});

it.each([
  ['not_in_channel', 1, /^Invite /u],
  ['is_archived', 1, /archived/u],
  // What is about the message is tried in words.
  ['invalid_arguments', 2, /^Retry in a minute/u],
])('of a card that Slack refuses with %s, the hint is about that', async (error, times, hint) => {
  const it = await openBoard();
  await it.asked('A1');
  it.slack.faults.next({ method: 'chat.postMessage', error, times });

  const refused = it.board.post('A1', { channel: STAGING, thread: undefined });

  await expect(refused).rejects.toMatchObject({ reason: 'no_card', hint: expect.stringMatching(hint) });
});

it('a line too long for a button costs its card that button only', async () => {
  const it = await openBoard();
  const volumes = Array.from(
    { length: 40 },
    (_, index) => `-v /srv/shop/the-data-of-the-shop-number-${index}:/var/lib/data-${index}`,
  );
  await it.asked('A1', { line: `deploy shop 1.4.0 ${volumes.join(' ')}` });
  await it.board.post('A1', { channel: STAGING, thread: undefined });

  await it.ended('A1', 'superseded');
  it.board.changed('A1', true);
  await it.board.flush();

  expect(await it.shown()).toContain('"blocks":[{"type":"section"');
  expect(await it.shown()).not.toContain('"type":"actions"');
  expect(await it.shown()).not.toContain('did not take');
});

/** A whole conversation of faults around the end of a question: the card still says "asks" when Slack is back. */
const OUTAGES = [
  ['account_inactive', { error: 'account_inactive' }],
  ['token_revoked', { error: 'token_revoked' }],
  ['invalid_auth', { error: 'invalid_auth' }],
  ['a server error', { status: 500 }],
  ['a rate limit', { status: 429, retryAfterSeconds: 1 }],
  ['invalid_blocks', { error: 'invalid_blocks' }],
  ['a lost answer', { drop: true }],
  ['something unknown', { error: 'some_new_error' }],
] as const;

it.each(OUTAGES)('in an outage of Slack (%s) a card is owed, and drawn when it ends', async (_, fault) => {
  const it = await openBoard();
  await it.asked('A1');
  await it.board.post('A1', { channel: STAGING, thread: undefined });
  const back = it.slack.faults.during({ method: 'chat.update', ...fault });

  await it.ended('A1', 'rejected');
  it.board.changed('A1', true);
  await waitUntil(async () => (await it.store.cards.outdated('deploy')).length === 1);
  back();

  await it.slack.waitFor((message) => isRejected(JSON.stringify(message)), { timeoutMs: 30_000 });
  await waitUntil(async () => (await it.store.cards.outdated('deploy')).length === 0);
});

it('a card that is owed is drawn after a restart however long ago it changed, by any process', async () => {
  const it = await openBoard();
  await it.asked('A1', { requestedAt: 0 });
  await it.board.post('A1', { channel: STAGING, thread: undefined });
  const back = it.slack.faults.during({ method: 'chat.update', error: 'account_inactive' });
  await it.store.approvals.decide({ id: 'A1', state: 'rejected', by: 'U0OPS1', at: 1 });
  it.board.changed('A1', true);
  await waitUntil(async () => (await it.store.cards.outdated('deploy')).length === 1);
  back();

  await it.another().catchUp();

  expect(isRejected(await it.shown())).toBe(true);
});

it.each(['rejected', 'expired'])(
  'a card that was %s as its process died is drawn, whatever the clock says since',
  async (how) => {
    const it = await openBoard();
    await it.asked('A1', { requestedAt: 0, expiresAt: 2 });
    await it.board.post('A1', { channel: STAGING, thread: undefined });
    const { approvals } = it.store;
    if (how === 'expired') await approvals.expire(3);
    else await approvals.decide({ id: 'A1', state: 'rejected', by: 'U0OPS1', at: 1 });

    await it.another().catchUp();

    expect(await it.shown()).not.toContain('/dock approve A1');
  },
);

it('a card that was deleted is posted again in the thread it was in', async () => {
  const it = await openBoard();
  await it.asked('A1');
  const { ts: thread = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'a thread' });
  await it.board.post('A1', { channel: STAGING, thread });
  const card = await it.store.cards.get('A1', 'deploy');
  await it.client.chat.delete({ channel: STAGING, ts: card?.ts ?? '' });

  await it.ended('A1', 'rejected');
  it.board.changed('A1', true);
  await it.board.flush();

  const posted = await it.slack.waitFor((message) => isRejected(JSON.stringify(message)));
  expect(posted.threadTs).toBe(thread);
});

/** What is stored of a card whose process died while it posted it; its message, if Slack took it. */
async function orphaned(it: Awaited<ReturnType<typeof openBoard>>, poster = 'elsewhere/1/x/y', silentMs = 600_000) {
  await it.asked('A1');
  await it.store.cards.beginPosting({
    subject: 'A1',
    kind: 'deploy',
    channel: STAGING,
    poster,
    postingAt: Date.now() - silentMs,
  });
  const [first] = it.slack.messages({ channel: STAGING, as: 'U0OPS1' });
  return first?.ts;
}

it('a card whose process died before it knew its message is posted again, and says so', async () => {
  const it = await openBoard();
  await orphaned(it);

  await it.another().catchUp();
  await it.another().catchUp();

  expect(it.texts()).toEqual([expect.stringMatching(/Posted again after a restart.*\/dock approve A1/u)]);
  expect(await it.store.cards.get('A1', 'deploy')).toBeDefined();
});

it('a card that another process is posting right now is left to it', async () => {
  const it = await openBoard();
  await orphaned(it, 'elsewhere/1/x/y', 1000);

  await it.another().catchUp();

  expect(it.texts()).toEqual([]);
});

it('of two processes that find the same card only one posts it', async () => {
  const it = await openBoard();
  await orphaned(it);

  await Promise.all([it.another().catchUp(), it.another().catchUp()]);

  expect(it.texts()).toHaveLength(1);
});

it('a card that is known by a click only is drawn from then on', async () => {
  const it = await openBoard();
  await it.asked('A1');
  const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'deploy shop?' });

  await it.board.clicked('A1', { channel: STAGING, ts, thread: undefined });
  await it.board.flush();
  await it.ended('A1', 'rejected');
  it.board.changed('A1', true);
  await it.board.flush();

  expect(it.texts()).toEqual([expect.stringContaining('<@U0OPS1> rejected')]);
});

it('an older copy of a card is marked by a click on it, and the card is left as it is', async () => {
  const it = await openBoard();
  const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'deploy shop?' });
  await orphaned(it);
  await it.another().catchUp();
  const { ts: known } = (await it.store.cards.get('A1', 'deploy')) ?? {};

  await it.board.clicked('A1', { channel: STAGING, ts, thread: undefined });
  await it.board.clicked('A1', { channel: STAGING, ts: known ?? '', thread: undefined });

  expect(it.texts()).toEqual([expect.stringContaining('out of date'), expect.stringContaining('/dock approve A1')]);
});

it('a click in another channel than the card’s changes nothing of it', async () => {
  const it = await openBoard();
  await it.asked('A1');

  await it.board.clicked('A1', { channel: 'C0PROD', ts: '1.1', thread: undefined });

  expect(await it.store.cards.get('A1', 'deploy')).toBeUndefined();
});

it('a card that could not be posted is not posted later: nothing was asked', async () => {
  const it = await openBoard();
  await it.asked('A1');
  it.slack.faults.next({ method: 'chat.postMessage', error: 'account_inactive' });
  await expect(it.board.post('A1', { channel: STAGING, thread: undefined })).rejects.toMatchObject({
    reason: 'no_card',
  });

  await it.another().catchUp();

  expect(it.texts()).toEqual([]);
  expect(await it.store.cards.unposted('deploy')).toEqual([]);
});

it('a card tells whose it is: in its metadata, kept by updates, and in the block of its buttons', async () => {
  const it = await openBoard();
  await it.asked('A1');
  await it.board.post('A1', { channel: STAGING, thread: undefined });
  expect(await it.shown()).toContain('"block_id":"card-A1"');

  await it.ended('A1', 'rejected');
  it.board.changed('A1', true);
  await it.board.flush();

  const [card] = it.slack.messages({ channel: STAGING, as: 'U0OPS1' });
  expect(card?.metadata).toEqual({ event_type: 'fairlead_card', event_payload: { id: 'A1' } });
});

it('a click is about a card by what its message tells, and never about an ephemeral one', () => {
  const message = { container: { type: 'message', message_ts: '1.1' }, channel: { id: STAGING } };
  const metadata = { event_type: 'fairlead_card', event_payload: { id: 'A1' } };
  const at = { channel: STAGING, ts: '1.1', thread: undefined };

  expect(clickedCard({ ...message, message: { metadata } }, 'b0')).toEqual({ id: 'A1', ...at });
  expect(clickedCard(message, 'card-A1')).toEqual({ id: 'A1', ...at });
  expect(clickedCard(message, 'b0')).toBeUndefined();
  expect(
    clickedCard({ ...message, message: { metadata: { ...metadata, event_type: 'other' } } }, 'b0'),
  ).toBeUndefined();
  const ephemeral = { ...message.container, is_ephemeral: true };
  expect(clickedCard({ ...message, container: ephemeral }, 'card-A1')).toBeUndefined();
});

const isRejected = (text: string) => text.includes('<@U0OPS1> rejected') && !text.includes('/dock approve');

async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 20_000, interval: 50 });
}
