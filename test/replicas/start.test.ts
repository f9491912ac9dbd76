import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { describeWithPostgres, startPostgres } from '../bed/postgres.ts';
import { freePort } from '../e2e/access.ts';
import { end, launch, READY } from '../e2e/process.ts';
import { RECORD_KEY } from '../store/keys.ts';

describeWithPostgres('a replica that is started before its database', () => {
  it('waits for it, alive and not ready, and ends at once where the database is not there at all', async () => {
    const postgres = await startPostgres();
    const slack = await startSlack();
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-start-'));
    writeFileSync(
      join(folder, 'fairlead.yml'),
      JSON.stringify({ slack: { team: 'T0FAIRLEAD' }, hosts: { 'web-1': { url: 'unix:///nowhere' } } }),
    );
    const url = new URL(await postgres.url());
    const target = Number(url.port);
    url.port = String(await freePort());
    const port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
      FAIRLEAD_RECORD_KEY: RECORD_KEY,
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_API_URL: slack.apiUrl,
      SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
      PORT: String(port),
    };
    const bot = launch({ ...env, DATABASE_URL: url.href });
    onTestFinished(async () => {
      await end(bot, 'SIGKILL');
      await slack.stop();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;

    await bot.said('The database cannot be reached', 2);
    expect([await ask('/healthz'), await ask('/readyz')]).toEqual([200, 503]);

    const way = createServer((client) => {
      const server = connect(target, '127.0.0.1');
      for (const socket of [client, server]) socket.on('error', () => {});
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((done) => way.listen(Number(url.port), '127.0.0.1', done));
    onTestFinished(() => void way.close());
    await bot.said(READY);
    expect(await ask('/readyz')).toBe(200);

    url.pathname = '/nowhere';
    const wrong = launch({ ...env, DATABASE_URL: url.href, PORT: String(await freePort()) });
    expect(await wrong.exit).toBe(1);
    expect(wrong.log()).not.toContain('it is tried again');
  }, 60_000);
});
