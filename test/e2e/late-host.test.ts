import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { APP_TOKEN, BOT_TOKEN, type Message, startSlack, TEAM } from '../../playground/server/index.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';

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
  const slack = await startSlack();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-late-'));
  writeFileSync(
    join(folder, 'fairlead.yml'),
    JSON.stringify({
      // Long enough that what comes early is not "working on it".
      slack: { team: TEAM, inlineBudget: '2.5s' },
      hosts: { quick: { url: `unix://${quick.socketPath}` }, late: { url: `unix://${late.socketPath}` } },
      roles: { viewer: { commands: ['ps'] } },
      channels: { C0STAGING: { grants: [{ role: 'viewer', hosts: 'all' }] } },
    }),
  );
  const env = {
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: ':memory:',
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
  };
  const bot = spawn(process.execPath, ['dist/cli.js', 'start'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await slack.connected();
  try {
    const where = { channel: 'C0STAGING', as: 'U0DEV1' };
    const said = (message: Message) => JSON.stringify(message.blocks);

    const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps --on all' });

    const early = slack.messages(where).at(-1) as Message;
    expect(ok).toBe(true);
    expect(said(early)).toContain('shop');
    expect(said(early)).toContain('*late*: Has not answered yet.');
    expect(early.text).toBe('1 container running on quick; still waiting for late');

    one(await asked.promise, undefined as never);
    const whole = await slack.waitFor((message) => message.ts !== early.ts, where);
    expect(said(whole)).toContain('*late* 1 running');
    expect(said(whole)).not.toContain('Has not answered yet');
  } finally {
    bot.kill('SIGTERM');
    await once(bot, 'exit');
    await slack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
