import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { freePort } from '../e2e/harness.ts';
import { wholeBot } from '../slack/whole-bot.ts';

type Bot = Awaited<ReturnType<typeof wholeBot>>;

interface Line {
  readonly msg: string;
  readonly said?: unknown;
  readonly request?: string;
}

/** What a bot wrote after the first `from` characters. The head of the audit log is written by the clock. */
const linesOf = (bot: Bot, from: number): readonly Line[] =>
  bot
    .log()
    .slice(from)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ msg }) => msg !== 'Audit log head');

/** The id of the request that is last in the audit log. */
async function lastRequest(bot: Bot): Promise<string | undefined> {
  const store = await bot.store();
  const [record] = await store.audit.search({ limit: 1 });
  await store.close();
  return record?.request;
}

const STAGING = { person: 'U0DEV1', channel: 'C0STAGING' };
const OF_LIBRARY = 'A line of the Slack library';
const OF_BOLT = 'An incoming event was not acknowledged within 3 seconds';

it.each(['socket', 'http'])('over %s, each line from a command to its answer has its id', async (mode) => {
  await using bot = await wholeBot({}, mode === 'http' ? { port: await freePort() } : {});
  const from = bot.log().length;
  for (const fault of [{ drop: true }, { error: 'invalid_blocks' }]) bot.slack.faults.next({ method: '*', ...fault });

  await bot.slack.type({ ...STAGING, text: '@fairlead ps' });
  await bot.slack.waitFor(({ text }) => text.includes('web-1'), { channel: 'C0STAGING', as: 'U0DEV1' });

  const lines = linesOf(bot, from);
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining([OF_LIBRARY, 'Slack did not take a message']));
  const request = await lastRequest(bot);
  expect(lines.filter((line) => line.request !== request)).toEqual([]);
});

it('over http, lines of Bolt about an acknowledgement have the id of the request', async () => {
  await using bot = await wholeBot({}, { port: await freePort() });
  const from = bot.log().length;
  using database = new DatabaseSync(bot.database);
  // Nothing can be recorded, so nothing is acknowledged.
  database.exec('begin immediate');

  await bot.slack.type({ ...STAGING, text: '/ps' });
  await expect.poll(() => bot.log().slice(from)).toContain(OF_BOLT);
  database.exec('rollback');
  await expect.poll(() => bot.log().slice(from)).toContain('Slack did not take a message');

  const lines = linesOf(bot, from);
  expect(lines.map(({ said }) => said)).toContainEqual(expect.stringContaining(OF_BOLT));
  const request = await lastRequest(bot);
  expect(lines.filter((line) => line.request !== request)).toEqual([]);
});
