import { expect, it } from 'vitest';
import { clickedCard } from '../../src/slack/cards/card-messages.ts';
import { openBoard, STAGING } from './board-scene.ts';

/** What is stored of a card whose process died while it posted it; its message, if Slack took it. */
async function orphaned(it: Awaited<ReturnType<typeof openBoard>>, poster = 'elsewhere/1/x/y', silentMs = 600_000) {
  await it.asked('A1');
  await it.store.cards.beginPosting({
    subject: 'A1',
    kind: 'deploy',
    channel: STAGING,
    poster,
  });
  it.postingSince(silentMs);
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

it('a card that is stored while a click on it looks for it is left as it is', async () => {
  const it = await openBoard();
  await it.asked('A1');
  const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'deploy shop?' });
  const { cards } = it.store;
  const at = { channel: STAGING, ts };
  // Between the look for it and the attempt to store it, the process that posted it does.
  const put: typeof cards.put = async (card) => {
    await cards.put({ subject: 'A1', kind: 'deploy', ...at });
    return cards.put(card);
  };
  const clicked = it.another({ store: { ...it.store, cards: { ...cards, put } } });

  await clicked.clicked('A1', at);
  await clicked.flush();

  expect(it.texts()).toEqual([expect.stringContaining('deploy shop?')]);
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
