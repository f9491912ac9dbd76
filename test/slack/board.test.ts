import { expect, it, onTestFinished } from 'vitest';
import { openCore } from '../../src/bot.ts';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import type { Board } from '../../src/handlers/types.ts';
import { createBoard } from '../../src/slack/board.ts';
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
  const core = openCore(
    parseConfig(text, 'test.yml', {}),
    loadEnvironment({ DATABASE_URL: ':memory:', FAIRLEAD_RECORD_KEY: RECORD_KEY }),
    createLog('silent'),
  );
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
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
    board: createBoard(client, () => deps),
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

  expect(await it.shown()).toMatch(/Rejected by <@U0OPS1>.*`\/dock plan A1`/u);
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
  ['not_in_channel', 1, /^Invite me/u],
  ['is_archived', 1, /archived/u],
  // What is about the message is tried in words.
  ['invalid_arguments', 2, /^Ask again in a minute/u],
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
  expect(await it.shown()).toContain('was not begun');
  expect(await it.shown()).not.toMatch(/Ask again|did not take/u);
});
