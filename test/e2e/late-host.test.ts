import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, vi } from 'vitest';
import { type Message, startSlack, TEAM } from '../../playground/server/index.ts';
import { type FakeEngine, fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { RECORD_KEY } from '../store/keys.ts';

const one = json([
  {
    Id: ID,
    Names: ['/shop'],
    Image: 'shop:1',
    ImageID: '',
    Command: 'shop',
    Created: 0,
    State: 'running',
    Status: 'Up',
  },
]);

it('what the others have is answered before a late host, and all of it once that has answered too', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  await using quick = await fakeEngine({ 'GET /containers/json': one });
  await using late = await fakeEngine({ 'GET /containers/json': (response) => asked.resolve(response) });
  await using it = await botOver({ quick, late });
  const { slack } = it;
  const where = { channel: 'C0STAGING', as: 'U0DEV1' };
  const said = (message: Message) => JSON.stringify(message.blocks);

  const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps --on all' });

  const early = slack.messages(where).at(-1) as Message;
  expect(ok).toBe(true);
  expect(said(early)).toContain('shop');
  expect(said(early)).toContain('*late*: No response yet.');
  expect(early.text).toBe('1 container running on quick; still waiting for late');

  one(await asked.promise, undefined as never);
  const whole = await slack.waitFor((message) => message.ts !== early.ts, where);
  expect(said(whole)).toContain('*late* 1 running');
  expect(said(whole)).not.toContain('No response yet');
});

it('Slack is answered in its three seconds when it was slow to say who is in a group, too', async () => {
  await using slow = await fakeEngine({
    'GET /containers/json': (response) => void setTimeout(() => one(response, undefined as never), 2500),
  });
  await using it = await botOver({ slow }, { to: ['oncall'] });
  it.slack.faults.next({ method: 'usergroups.users.list', latencyMs: 1200 });

  const { ok } = await it.slack.type({ person: 'U0OPS1', channel: 'C0STAGING', text: '/ps' });

  expect(ok).toBe(true);
  await it.slack.waitFor((message) => JSON.stringify(message.blocks).includes('shop'), {
    channel: 'C0STAGING',
    as: 'U0OPS1',
  });
});

it('an answer that is ready after those three seconds is given all the same', async () => {
  await using quick = await fakeEngine({ 'GET /containers/json': one });
  await using it = await botOver({ quick }, { to: ['oncall'] });
  const groups = 'usergroups.users.list';
  it.slack.faults.next({ method: groups, latencyMs: 1200 });
  const taken = vi.spyOn(it.slack.faults, 'take');

  const typed = it.slack.type({ person: 'U0OPS1', channel: 'C0STAGING', text: '/ps' });
  await vi.waitFor(() => expect(taken).toHaveBeenCalledWith(groups));
  // Somebody else is writing, so what is decided then cannot be put on record.
  const db = new DatabaseSync(it.database);
  db.exec('begin immediate');
  expect((await typed).ok).toBe(false);
  db.exec('rollback');
  db.close();

  await it.slack.waitFor((message) => JSON.stringify(message.blocks).includes('shop'), {
    channel: 'C0STAGING',
    as: 'U0OPS1',
  });
});

/** The bot as built, with hosts of the test's own; Slack's budget is so long that what comes early is not "working on it". */
async function botOver(engines: Readonly<Record<string, FakeEngine>>, grant: object = {}) {
  const slack = await startSlack();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-late-'));
  const database = join(folder, 'fairlead.db');
  const hosts = Object.entries(engines).map(([name, { socketPath }]) => [name, { url: `unix://${socketPath}` }]);
  writeFileSync(
    join(folder, 'fairlead.yml'),
    JSON.stringify({
      slack: { team: TEAM, inlineBudget: '2.5s' },
      hosts: Object.fromEntries(hosts),
      groups: { oncall: { usergroup: 'S0ONCALL' } },
      roles: { viewer: { commands: ['ps'] } },
      channels: { C0STAGING: { grants: [{ role: 'viewer', hosts: 'all', ...grant }] } },
    }),
  );
  const env = {
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: `file:${database}`,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
  };
  const bot = spawn(process.execPath, ['dist/cli.js', 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await slack.connected();
  return {
    slack,
    database,
    async [Symbol.asyncDispose]() {
      bot.kill('SIGTERM');
      await once(bot, 'exit');
      await slack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
