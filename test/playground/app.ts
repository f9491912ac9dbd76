import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { type LocalSlack, type SlackOptions, startSlack } from '../../playground/server/index.ts';

export const DEV = 'U0DEV1';
export const OPS = 'U0OPS1';
export const STAGING = 'C0STAGING';

const logLevel = LogLevel.ERROR;
/** The client retries forever by itself; a test wants to see the first answer. */
const ONE_TRY = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logLevel };

export type Mode = 'socket' | 'http';
/** Says what the app does, before it starts. */
export type Plan = (app: App) => void;

export interface Bench extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly client: WebClient;
}

export function clientOf(slack: LocalSlack, token = slack.tokens.bot): WebClient {
  return new WebClient(token, { slackApiUrl: slack.apiUrl, ...ONE_TRY });
}

/** A local Slack alone. */
export async function bare(options: SlackOptions = {}): Promise<Bench> {
  const slack = await startSlack(options);
  return { slack, client: clientOf(slack), [Symbol.asyncDispose]: () => slack.stop() };
}

/** Both ends are this process: what takes longer to answer a ping is a busy machine, not a dead connection. */
const PATIENT_MS = 30_000;

export interface BenchOptions extends SlackOptions {
  /** When Bolt takes its connection for dead; as long it waits before it connects again. */
  readonly pingTimeoutMs?: number;
}

/** A local Slack with a real Bolt app on it. */
export async function bench(mode: Mode, plan: Plan, options: BenchOptions = {}): Promise<Bench> {
  const { pingTimeoutMs, ...slackOptions } = options;
  const it = await bare(slackOptions);
  const stop = await connect(it.slack, mode, plan, pingTimeoutMs);
  return {
    ...it,
    async [Symbol.asyncDispose]() {
      await stop();
      await drained(it.slack);
      await it.slack.stop();
    },
  };
}

/** Connects one more app; gives back what ends it. */
export async function connect(
  slack: LocalSlack,
  mode: Mode,
  plan: Plan,
  pingTimeoutMs = PATIENT_MS,
): Promise<() => Promise<unknown>> {
  const clientOptions = { slackApiUrl: slack.apiUrl, ...ONE_TRY };
  const socket = mode === 'socket';
  const receiver = socket
    ? new SocketModeReceiver({
        appToken: slack.tokens.app,
        logLevel,
        clientPingTimeout: pingTimeoutMs,
        installerOptions: { clientOptions },
      })
    : new HTTPReceiver({ signingSecret: slack.tokens.signingSecret, logLevel });
  const app = new App({ receiver, token: slack.tokens.bot, deferInitialization: true, clientOptions, logLevel });
  plan(app);
  await app.init();
  const started = await app.start(0);
  if (socket) await slack.connected();
  else slack.setRequestUrl(`${addressOf(started)}/slack/events`);
  return () => app.stop();
}

/** Bolt does not wait for its connection to close. */
function drained(slack: LocalSlack): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (slack.connections() > 0) return;
      off();
      resolve();
    };
    const off = slack.on('change', check);
    check();
  });
}

function addressOf(server: unknown): string {
  const address = (server as { address(): { port: number } }).address();
  return `http://127.0.0.1:${address.port}`;
}

export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'ok',
    (error: { data?: { error?: string }; message: string }) => error.data?.error ?? error.message,
  );
}

export const go = (value = 'v', more: object = {}) => ({
  type: 'actions' as const,
  elements: [
    { type: 'button' as const, action_id: 'go', value, text: { type: 'plain_text' as const, text: 'Go' }, ...more },
  ],
});

/** Something a test waits for that is not a message. */
export function signal<T = void>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>();
}
