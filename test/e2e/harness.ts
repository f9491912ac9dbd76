import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { bed } from '../bed/bed.ts';
import { RECORD_KEY } from '../store/keys.ts';
import { freePort } from './access.ts';
import { type BotProcess, end, launch, READY } from './process.ts';
import type { Bot, Mode } from './shapes/bot.ts';
import { deployed } from './shapes/index.ts';

export { freePort, storeOf } from './access.ts';
export type { Mode } from './shapes/bot.ts';

/** The bot as shipped, deployed in the shape of this run, between a local Slack and real engines. */
export interface Scene extends AsyncDisposable {
  readonly slack: LocalSlack;
  /** The bot's process, of several the one that carries deployments out; after `restart` the new one. */
  readonly process: ChildProcess;
  /** Whether a process of the bot ended by itself, since its last start. */
  hasCrashed(): boolean;
  /** SIGKILL to all of it; settles once it is gone. */
  kill(): Promise<void>;
  /**
   * Ends the bot, outright unless another signal is named, and starts it again on what it left, with what `between` has
   * changed; resolves when its log has the words of `until`: that it is ready, where nothing else is said.
   */
  restart(signal?: NodeJS.Signals, between?: () => void, until?: string): Promise<void>;
  /** One more process on the same store; ends with the scene. */
  another(): Promise<ChildProcess>;
  /** All that is stored, as text. */
  stored(): Promise<string>;
  /** Where Slack posts to; only of a bot in the mode http. */
  readonly url: string;
  /** Writes into the database beside the bot; `?` stands for each value. */
  write(text: string, ...values: readonly (string | number)[]): Promise<void>;
  /** What the bot wrote to its log since its last start. */
  log(): string;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
}

export interface SceneOptions {
  readonly mode?: Mode;
  readonly budget?: number;
  readonly scopes?: readonly string[];
  readonly folder?: string;
  readonly slack?: LocalSlack;
  /** A module that is loaded into the bot's process before the bot. */
  readonly preload?: URL;
  /** Of the bot, beside the usual one. */
  readonly env?: NodeJS.ProcessEnv;
  /** The whole config instead of the usual one. */
  readonly config?: string;
}

export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const mode = options.mode ?? 'socket';
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'fairlead-e2e-'));
  mkdirSync(folder, { recursive: true });
  const local = options.slack ?? (await startSlack(options.scopes ? { scopes: options.scopes } : {}));
  const slack = deployed.facing(local, () => env);
  writeFileSync(join(folder, 'fairlead.yml'), options.config ?? config(options.budget ?? 1000));
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: await deployed.database(folder),
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'info',
    ...(options.preload ? { NODE_OPTIONS: `--import=${options.preload.href}` } : {}),
    FAIRLEAD_TOTP_KEY: randomBytes(32).toString('hex'),
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
    REGISTRY_PASSWORD: bed().registry.password,
    ...(mode === 'socket'
      ? { SLACK_APP_TOKEN: slack.tokens.app }
      : { SLACK_SIGNING_SECRET: slack.tokens.signingSecret, PORT: String(port) }),
    ...options.env,
  };
  const start = (until = READY): Promise<Bot> => deployed.start({ env, mode, slack: local, port, until });
  let bot = await start();
  const others: BotProcess[] = [];
  return {
    slack,
    get process() {
      return bot.child;
    },
    get url() {
      return bot.url;
    },
    hasCrashed: () => bot.hasCrashed(),
    write: (text, ...values) => deployed.write(env['DATABASE_URL'] as string, text, values),
    stored: () => deployed.stored(env['DATABASE_URL'] as string, folder),
    log: () => bot.log(),
    kill: () => bot.end('SIGKILL'),
    async restart(signal = 'SIGKILL', between, until = READY) {
      await bot.end(signal);
      between?.();
      bot = await start(until);
    },
    async another() {
      const other = launch(env);
      others.push(other);
      await other.said(READY);
      return other.child;
    },
    env,
    folder,
    async [Symbol.asyncDispose]() {
      await Promise.all([bot.end('SIGTERM'), ...others.map((one) => end(one, 'SIGTERM'))]);
      await local.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A modal of a person, now or later. */
export function opened(slack: LocalSlack, person: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const view = slack.view({ person });
      if (!view) return;
      settle();
      resolve(view.body);
    };
    const late = setTimeout(() => {
      settle();
      const asked = slack.requests.slice(-4).map(({ method, body }) => `${method} ${JSON.stringify(body)}`);
      reject(new Error(`No view was opened. The last calls: ${asked.join('; ').slice(0, 3000)}`));
    }, 30_000);
    const off = slack.on('change', look);
    const settle = () => {
      clearTimeout(late);
      off();
    };
    look();
  });
}

function config(budget: number): string {
  const { sockets, registry } = bed();
  return `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts:
  staging-1: { url: "unix://${sockets[0]}", labels: { env: staging } }
  web-1: { url: "unix://${sockets[1]}", labels: { env: prod } }
  gone-1: { url: "unix:///nowhere/engine.sock", labels: { env: lost } }
registries:
  "${registry.host}": { username: ${registry.username}, password: "\${REGISTRY_PASSWORD}" }
images: { allow: [ "${registry.host}/fairlead/*" ], requireTag: true }
groups:
  developers: { people: [U0DEV1] }
  oncall: { usergroup: S0ONCALL }
roles:
  viewer: { commands: [images, ps, logs, why, stats, inspect, top, port, diff, slim, df, events, search, tags, registries, login-check, status] }
  operator: { extends: [viewer], commands: [pull, prune, audit] }
channels:
  C0STAGING:
    name: staging
    grants:
      - { role: operator, to: [developers, oncall], hosts: "env=staging,env=lost" }
      - { role: viewer, to: [developers, oncall], hosts: "env=prod" }
  C0PROD:
    name: prod
    grants: [ { role: operator, to: [developers, oncall], hosts: "env=prod" } ]
approvals:
  - { commands: [prune], hosts: "env=prod", from: [oncall] }
budget: { commands: ${budget}, per: 1m }
`;
}
