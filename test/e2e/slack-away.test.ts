import { expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../playground/server/faults.ts';
import { createManualClock, type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { end, loneBot, READY } from './process.ts';

const AGAIN = 'Slack could not be reached';

async function local(): Promise<LocalSlack> {
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  return slack;
}

/** The lines of a log that no logger of ours wrote. */
const strange = (log: string) => log.split('\n').filter((line) => line !== '' && !line.startsWith('{"level":'));

async function answers(slack: LocalSlack): Promise<void> {
  await slack.connected();
  const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/dock whoami' });
  expect(ok).toBe(true);
}

const AWAY: readonly Omit<Fault, 'method'>[] = [
  { status: 500 },
  { drop: true },
  { error: 'service_unavailable' },
  { status: 429, retryAfterSeconds: 1 },
];

it.each(AWAY)('a start waits until Slack is back: %j', async (fault) => {
  const slack = await local();
  const back = slack.faults.during({ method: '*', ...fault });
  const bot = loneBot(slack);
  await bot.said(AGAIN, 2);

  back();

  await bot.said(READY);
  await answers(slack);
  expect(strange(bot.log())).toEqual([]);
});

it('running bots stay, through four refused reconnects, and come back', async () => {
  // Beside each other: each waits ten seconds in all before its tries.
  const away = AWAY.map(async (fault) => {
    const slack = await local();
    const bot = loneBot(slack);
    await bot.said(READY);
    await slack.connected();
    const back = slack.faults.during({ method: 'apps.connections.open', ...fault });

    slack.disconnect();
    await bot.said(AGAIN, 4);
    back();

    await answers(slack);
    expect(bot.child.exitCode, JSON.stringify(fault)).toBeNull();
    expect(strange(bot.log()), JSON.stringify(fault)).toEqual([]);
  });
  await Promise.all(away);
}, 90_000);

const CLICK = [
  ['auth.test', 'invalid_auth', 'Copy the Bot User OAuth Token'],
  ['auth.test', 'account_inactive', 'press Install to Workspace'],
  ['auth.test', 'token_revoked', 'Copy the Bot User OAuth Token'],
  ['auth.test', 'missing_scope', 'Reinstall to Workspace'],
  ['apps.connections.open', 'invalid_auth', 'App-Level Tokens > Generate'],
  ['apps.connections.open', 'missing_scope', 'with connections:write'],
  ['apps.connections.open', 'socket_mode_not_enabled', "Turn it on under the app's Socket Mode page"],
] as const;

it.each(CLICK)(
  'a start that %s refuses with %s ends with one sentence and what to click',
  async (method, error, click) => {
    const slack = await local();
    slack.faults.during({ method, error });
    const bot = loneBot(slack);

    expect(await bot.exit).toBe(1);

    expect(strange(bot.log())).toEqual([`Slack refused ${method}: ${error}.`, expect.stringContaining(click)]);
  },
);

it.each(['invalid_auth', 'socket_mode_not_enabled', 'account_inactive'])(
  'a running bot does not end for %s, and says what to click',
  async (error) => {
    const slack = await local();
    const bot = loneBot(slack);
    await bot.said(READY);
    await slack.connected();
    const back = slack.faults.during({ method: '*', error });

    slack.disconnect('link_disabled');
    await bot.said(AGAIN, 2);
    expect(bot.log()).toContain('"tryThis"');
    back();

    await answers(slack);
  },
);

it('a start with a token of another workspace ends with a sentence', async () => {
  const slack = await local();
  const bot = loneBot(slack, {}, 'T0OTHER1');

  expect(await bot.exit).toBe(1);

  expect(strange(bot.log())).toEqual([
    'SLACK_BOT_TOKEN is for T0FAIRLEAD, and the config serves T0OTHER1.',
    expect.stringContaining('Set slack.team to T0FAIRLEAD'),
  ]);
});

it.each([
  { whose: 'its workspace', team: 'T0FAIRLEAD', connections: 1 },
  { whose: 'another workspace', team: 'T0OTHER1', connections: 0 },
])(
  'a start asks for a connection at once, and opens it when Slack has said that the token is of $whose',
  async (its) => {
    const clock = createManualClock();
    const slack = await startSlack({ clock });
    onTestFinished(() => slack.stop());
    const seen = [0];
    slack.on('change', () => void seen.push(slack.connections()));
    slack.faults.next({ method: 'auth.test', latencyMs: 5000 });
    const bot = loneBot(slack, {}, its.team);

    await clock.scheduled(5000);
    await expect.poll(() => slack.requests.map(({ method }) => method)).toEqual(['apps.connections.open']);
    expect(slack.connections()).toBe(0);
    clock.advance(5000);

    await (its.connections === 0 ? bot.exit : bot.said(READY));
    expect(Math.max(...seen)).toBe(its.connections);
    expect(bot.log()).not.toContain('A line of the Slack library');
  },
);

it.each<Omit<Fault, 'method'>>([{ status: 500 }, { latencyMs: 60_000 }, { error: 'internal_error' }])(
  'SIGTERM ends a start that waits for Slack at once: %j',
  async (fault) => {
    const slack = await local();
    slack.faults.during({ method: '*', ...fault });
    const bot = loneBot(slack);
    await (fault.latencyMs === undefined ? bot.said(AGAIN) : bot.said('The worker has started'));

    const at = performance.now();
    await end(bot, 'SIGTERM');

    expect(await bot.exit).toBe(0);
    expect(performance.now() - at).toBeLessThan(3000);
  },
);

it('over signed HTTP a bot answers probes and is not ended by them while Slack is away', async () => {
  const slack = await local();
  const back = slack.faults.during({ method: '*', status: 500 });
  const port = 20_000 + (process.pid % 20_000);
  const { signingSecret } = slack.tokens;
  const bot = loneBot(slack, { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: signingSecret, PORT: String(port) });
  await bot.said(AGAIN);

  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  back();

  await bot.said(READY);
});

it('over signed HTTP a mention is heard before Slack has said whose the token is', async () => {
  const slack = await local();
  const back = slack.faults.during({ method: 'auth.test', status: 500 });
  const port = 20_000 + (process.pid % 20_000);
  slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  const { signingSecret } = slack.tokens;
  const bot = loneBot(slack, { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: signingSecret, PORT: String(port) });
  await bot.said(AGAIN);

  await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '@fairlead dock whoami' });

  await slack.waitFor(({ text, blocks }) => `${text}${JSON.stringify(blocks)}`.includes('U0DEV1'), {
    channel: 'C0STAGING',
    as: 'U0DEV1',
  });
  back();
  await bot.said(READY);
});

it('a port that is taken is one sentence', async () => {
  const slack = await local();
  const port = new URL(slack.url).port;
  const bot = loneBot(slack, { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: slack.tokens.signingSecret, PORT: port });

  await bot.exit;

  expect(strange(bot.log())[0]).toMatch(/^Port \d+ cannot be used: .*EADDRINUSE/u);
});
