import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SlackOptions, startSlack } from '../../playground/server/index.ts';
import { openStore } from '../../src/store/store.ts';
import { type BotProcess, end, launch, READY } from '../e2e/process.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';

/** A config that asks on-call in the channel of staging; no host of it answers. */
export const CONFIG = {
  slack: { team: 'T0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere' }, 'web-2': { url: 'unix:///nowhere' } },
  groups: { oncall: { people: ['U0OPS1'] } },
  roles: { releaser: { commands: ['images', 'ps', 'deploy', 'rollback', 'prune'] } },
  channels: {
    C0STAGING: { name: 'staging', grants: [{ role: 'releaser', hosts: 'all' }] },
    C0PROD: { name: 'prod', grants: [{ role: 'releaser', hosts: 'all' }] },
  },
  approvals: [{ commands: ['deploy', 'rollback', 'prune'], hosts: 'all', from: ['oncall'] }],
  images: { allow: ['127.0.0.1:1/**'] },
  services: { shop: { image: '127.0.0.1:1/shop', hosts: 'all', container: { name: 'shop' } } },
};

/** The whole bot from its sources, as a process of its own on a local Slack; no engine answers it. With a port over signed HTTP. */
export async function wholeBot(
  more: object = {},
  { port, ...options }: SlackOptions & { readonly port?: number } = {},
) {
  const slack = await startSlack({ rateLimits: false, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-slack-'));
  const file = join(folder, 'fairlead.yml');
  writeFileSync(file, JSON.stringify({ ...CONFIG, ...more }));
  const env = {
    PATH: process.env['PATH'],
    FAIRLEAD_CONFIG: file,
    DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'info',
    ...(port === undefined
      ? { SLACK_APP_TOKEN: slack.tokens.app }
      : { SLACK_SIGNING_SECRET: slack.tokens.signingSecret, PORT: String(port) }),
  };
  const start = async (): Promise<BotProcess> => {
    const started = launch(env, [], 'src/cli.ts');
    await started.said(READY);
    if (port === undefined) await slack.connected();
    else slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    return started;
  };
  let bot = await start();
  return {
    slack,
    store: () => openStore(env.DATABASE_URL, KEYS),
    /** What it wrote since its last start. */
    log: () => bot.log(),
    database: join(folder, 'fairlead.db'),
    /** Kills the bot; resolves when it is gone. */
    kill: () => end(bot, 'SIGKILL'),
    async start() {
      bot = await start();
    },
    async [Symbol.asyncDispose]() {
      await end(bot, 'SIGTERM');
      await slack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
