import { expect, it } from 'vitest';
import { isRejected, openBoard, STAGING, waitUntil } from './board-scene.ts';

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

  expect(await it.shown()).toMatch(/deploy shop 1\.4\.0 on web-1, web-2.*`\/dock plan A1`/u);
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

it.each(['cant_update_message', 'edit_window_closed'])(
  'a card that Slack lets nobody change any more is posted again (%s)',
  async (error) => {
    const it = await openBoard();
    await it.asked('A1');
    await it.board.post('A1', { channel: STAGING });
    const before = await it.store.cards.get('A1', 'deploy');
    it.slack.faults.next({ method: 'chat.update', error });

    await it.ended('A1', 'rejected');
    it.board.changed('A1', true);
    await it.board.flush();

    const posted = await it.slack.waitFor((message) => isRejected(JSON.stringify(message)));
    expect(posted.ts).not.toBe(before?.ts);
    expect(await it.store.cards.get('A1', 'deploy')).toMatchObject({ ts: posted.ts });
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
