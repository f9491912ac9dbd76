import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../playground/server/faults.ts';
import { parseConfig } from '../../src/config.ts';
import { newNote, type Place } from '../../src/handlers/deploy/card/new-note.ts';
import type { Note } from '../../src/handlers/deploy/card/notes.ts';
import { createOutbox } from '../../src/slack/cards/outbox.ts';
import { openStore } from '../../src/store/store.ts';
import { createLog } from '../../src/telemetry.ts';
import { bare } from '../playground/app.ts';
import { KEYS } from '../store/keys.ts';
import { CONFIG } from './whole-bot.ts';

const config = parseConfig(JSON.stringify(CONFIG), 'fairlead.yml', {});

const STAGING = 'C0STAGING';
const ended = (service: string): Note => ({ kind: 'lock-ended', service });

/** A local Slack, and outboxes on one store, each as a process of its own would have it. */
async function bench() {
  const { slack, client, ...rest } = await bare();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-outbox-'));
  const url = `file:${join(folder, 'test.db')}`;
  const stores = [await openStore(url, KEYS)];
  let now = Date.now();
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await rest[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const said = () => slack.messages({ channel: STAGING, as: 'U0DEV1' }).map(({ text }) => text);
  return {
    slack,
    file: url.slice(5),
    said,
    later: (ms: number) => {
      now += ms;
    },
    async outbox() {
      const store = await openStore(url, KEYS);
      stores.push(store);
      const deps = { config, store, log: createLog('silent'), now: () => now };
      const outbox = createOutbox(
        client,
        async () => ({ channel: STAGING }),
        () => deps,
      );
      return { ...outbox, say: (place: Place, note: Note) => store.outbox.add(newNote(place, note, now)) };
    },
    /** Resolves when the first note was tried so often, and waits. */
    tried: (times: number) =>
      expect
        .poll(async () => {
          const [first] = (await stores[0]?.outbox.next(1)) ?? [];
          return first === undefined || (first.attempts >= times && first.owner === undefined);
        })
        .toBe(true),
    /** Resolves when so many messages are there. */
    has: (count: number) => slack.waitFor(() => said().length >= count, { channel: STAGING, as: 'U0DEV1' }),
  };
}

it.each<Omit<Fault, 'method'>>([
  { status: 500 },
  { error: 'account_inactive' },
  { error: 'token_revoked' },
  { drop: true },
  { status: 429, retryAfterSeconds: 1 },
])('what is said while Slack is away is stored, and said in its order when it is back: %j', async (fault) => {
  const it = await bench();
  const back = it.slack.faults.during({ method: '*', ...fault });
  const outbox = await it.outbox();
  outbox.wake();
  for (const name of ['a', 'b', 'c']) await outbox.say({ to: STAGING }, ended(name));

  back();
  outbox.wake();
  await it.has(3);

  expect(it.said()).toEqual(['a', 'b', 'c'].map((name) => expect.stringContaining(` ${name} `)));
  await outbox.stop();
});

it.each(['account_inactive', 'token_revoked', 'invalid_auth', 'internal_error'])(
  'a note is not given up for an outage (%s), however often it is tried meanwhile',
  async (error) => {
    const it = await bench();
    const back = it.slack.faults.during({ method: '*', error });
    const outbox = await it.outbox();
    await outbox.say({ to: STAGING }, ended('shop'));
    for (let tries = 1; tries <= 10; tries += 1) {
      outbox.wake();
      await it.tried(tries);
    }

    back();
    outbox.wake();
    await it.has(1);

    expect(it.said()).toEqual([expect.stringContaining(' shop ')]);
    await outbox.stop();
  },
);

it('nobody waits for a Slack that hangs', async () => {
  const it = await bench();
  it.slack.faults.during({ method: '*', latencyMs: 600_000 });
  const outbox = await it.outbox();
  outbox.wake();

  const at = performance.now();
  for (const name of ['a', 'b', 'c']) await outbox.say({ card: 'A1' }, ended(name));

  expect(performance.now() - at).toBeLessThan(1000);
});

it('what one process could not say, the next one says, and says that it is late', async () => {
  const it = await bench();
  await (await it.outbox()).say({ to: STAGING }, ended('shop'));
  it.later(3_600_000);

  (await it.outbox()).wake();
  await it.has(1);

  const [message] = it.slack.messages({ channel: STAGING, as: 'U0DEV1' });
  expect(message?.blocks).toHaveLength(2);
});

it.each([
  ['is_archived', 1],
  ['not_in_channel', 1],
  // What is about the message is tried in words.
  ['invalid_arguments', 2],
])('a note that Slack refuses with %s does not keep those of other places', async (error, times) => {
  const it = await bench();
  const outbox = await it.outbox();
  outbox.wake();
  it.slack.faults.next({ method: 'chat.postMessage', error, times });
  await outbox.say({ to: 'C0RANDOM' }, ended('a'));
  await outbox.say({ to: STAGING }, ended('b'));
  await it.has(1);

  expect(it.said()).toEqual([expect.stringContaining(' b ')]);
});

it('a reminder whose time is over is not said', async () => {
  const it = await bench();
  const outbox = await it.outbox();
  await outbox.say({ to: STAGING }, { kind: 'lock-ending', service: 'a', token: 't', until: Date.now() + 1000 });
  await outbox.say({ to: STAGING }, ended('b'));
  it.later(5000);

  outbox.wake();
  await it.has(1);

  expect(it.said()).toEqual([expect.stringContaining(' b ')]);
});

it('says nothing in a channel that somebody wrote into the database without the key', async () => {
  const it = await bench();
  const outbox = await it.outbox();
  await outbox.say({ to: 'C0RANDOM' }, ended('a'));
  await outbox.say({ to: STAGING }, ended('b'));
  const db = new DatabaseSync(it.file);
  db.exec(`update outbox set place = '${STAGING}' where place = 'C0RANDOM';
    insert into outbox (seq, place, note, at)
    values (9, '${STAGING}', '${JSON.stringify(ended('forged'))}', ${Date.now()})`);
  db.close();

  outbox.wake();
  await it.has(1);
  await outbox.stop();

  expect(it.said()).toEqual([expect.stringContaining(' b ')]);
});
