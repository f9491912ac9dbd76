import { resolve } from 'node:path';
import { SPECS } from './commands/index.ts';
import { type Config, type Environment, type HostConfig, recordKeys } from './config.ts';
import type { EngineAddress } from './docker/client/address.ts';
import { loadLibrary } from './docker/client/dial.ts';
import { openHosts } from './docker/limits/hosts.ts';
import { createLimits } from './docker/limits/limits.ts';
import { messageOf, UserError } from './domain/errors.ts';
import type { Board, Deps, PeopleReader } from './handlers/deps.ts';
import { createLive } from './handlers/live.ts';
import { redactorOf } from './policy/known-secrets.ts';
import { createTags } from './registry/tags.ts';
import { createApp } from './slack/app.ts';
import { connect } from './slack/client/connection.ts';
import type { Link } from './slack/client/link.ts';
import { createPeople } from './slack/client/people.ts';
import { APPROVAL_KINDS } from './slack/commands.ts';
import { openStore, type Store } from './store/store.ts';
import type { Log } from './telemetry.ts';
import { logHead } from './worker/audit-head.ts';
import { createRunner } from './worker/deployments/runner.ts';

const LIMITS = { perHost: 8, overall: 64, waiting: 200, perPerson: { onHost: 3, overall: 32 } };
/** How long a shutdown waits for what is under way. Shorter than the ten seconds most supervisors allow. */
const DRAIN_MS = 8000;
/** A version that does not end when it is told to takes 10 s to stop, and the old one its time to start. */
const GOING_BACK_MS = 25_000;

/** Everything but Slack: what `fairlead run` needs, and what the bot is made of. */
export interface Core {
  readonly config: Config;
  readonly store: Store;
  /** `board` is where cards are shown; without one, nothing is that needs a card. What is approved waits for a bot that runs. */
  deps(people: PeopleReader, board?: Board): Deps;
  close(): Promise<void>;
}

export async function openCore(config: Config, env: Environment, log: Log): Promise<Core> {
  if (config.approvals.some(({ stepUp }) => stepUp === 'totp') && env.FAIRLEAD_TOTP_KEY === undefined)
    throw new UserError(
      'not_configured',
      'A rule under approvals asks for stepUp: totp, and FAIRLEAD_TOTP_KEY is not set.',
      'Make one with `openssl rand -hex 32`, and keep it: enrolments cannot be read without it.',
    );
  const record = recordKeys(env);
  const store = await openStore(env.DATABASE_URL, { record, totp: env.FAIRLEAD_TOTP_KEY, token: env.SLACK_BOT_TOKEN });
  const limits = createLimits({ ...LIMITS, budget: config.budget });
  const hosts = openHosts(addresses(config), limits);
  const redact = redactorOf(config, env);
  return {
    config,
    store,
    deps(people, board = NO_BOARD) {
      const deps: Deps = {
        config,
        specs: SPECS,
        kinds: APPROVAL_KINDS,
        hosts,
        limits,
        store,
        tags: createTags(config),
        live: createLive(),
        redact,
        people,
        board,
        runner: createRunner(() => deps),
        log,
        now: Date.now,
      };
      return deps;
    },
    async close() {
      await limits.drain(DRAIN_MS);
      await hosts.close();
      await store.close();
    },
  };
}

const NO_BOARD: Board = {
  async post() {
    throw new UserError(
      'not_configured',
      'This is asked on a card in Slack, and SLACK_BOT_TOKEN is not set, so nothing was asked and nothing was changed.',
      'Set it to the token the bot runs with.',
    );
  },
  changed() {},
  async note() {},
  async tell() {},
};

export interface Bot {
  /**
   * Carries on what a process before this one left, then connects to Slack, for as long as that takes. Resolves when it is
   * connected, or stopped before. Rejects with a `UserError` when only a person can mend why it is not, and no deployment is open.
   */
  start(port?: number): Promise<void>;
  /** Stops taking requests, ends what follows, waits for the rest: for deployments that go back 25 s, for others 8. Safe to call twice. */
  stop(): Promise<void>;
}

export async function createBot(config: Config, env: Environment, log: Log, link: Link): Promise<Bot> {
  const token = env.SLACK_BOT_TOKEN;
  if (token === undefined)
    throw new UserError('not_configured', 'SLACK_BOT_TOKEN is not set.', 'Put it in .env; it begins with xoxb-.');
  const core = await openCore(config, env, log);
  tellOrigin(core.store.origin, env.DATABASE_URL, log);
  const shutdown = new AbortController();
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const { deps, board, identify } = createApp({
    receiver: link.receiver,
    token,
    apiUrl: env.SLACK_API_URL,
    log,
    depsOf: (client, ownBoard) => core.deps(createPeople(config, client, log), ownBoard),
    signal: shutdown.signal,
    track,
  });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    shutdown.abort();
    await Promise.all([
      inTime(Promise.allSettled(underWay), DRAIN_MS),
      inTime(Promise.allSettled([deps.runner.stop()]), GOING_BACK_MS),
    ]);
    await inTime(board.flush(), 1000);
    await inTime(Promise.allSettled([link.receiver.stop()]), 2000);
    await logHead(deps);
    await core.close();
  };
  return {
    async start(port) {
      await link.listen(port ?? 0);
      // Before Slack is asked anything: what another process left half-way is brought to an end whether Slack is there or not.
      deps.runner.start();
      log.info({}, 'The worker has started; connecting to Slack');
      // Before the first request needs it; what is wrong with it, that request will hear.
      loadLibrary().catch(() => {});
      await connect({
        link,
        identify,
        mayEnd: async () => (await deps.store.deployments.running()).length === 0,
        connected() {
          board
            .catchUp()
            .catch((error) => log.error({ err: messageOf(error) }, 'The cards could not be looked through'));
        },
        signal: shutdown.signal,
        log,
      });
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** A bot that finds nothing where its records were would otherwise begin anew without a word. */
function tellOrigin(origin: Store['origin'], database: string, log: Log): void {
  if (origin === 'new') log.warn({ database }, 'There was no database, so a new one was made');
  if (origin === 'without-log')
    log.warn(
      { database },
      'The database has no write-ahead log beside it: if it is a copy, its newest records are missing',
    );
}

function inTime(work: Promise<unknown>, ms: number): Promise<unknown> {
  return Promise.race([work, new Promise((done) => setTimeout(done, ms).unref())]);
}

export function addresses(config: Config): ReadonlyMap<string, EngineAddress> {
  return new Map([...config.hosts].map(([name, host]) => [name, addressOf(host, config.folder)]));
}

function addressOf(host: HostConfig, folder: string): EngineAddress {
  const file = (path: string) => resolve(folder, path);
  const url = new URL(host.url);
  if (url.protocol === 'unix:') return { kind: 'unix', socketPath: url.pathname };
  if (url.protocol === 'ssh:') {
    const socketPath = url.pathname.length > 1 ? url.pathname : '/var/run/docker.sock';
    const identity = host.identity === undefined ? undefined : file(host.identity);
    return {
      kind: 'ssh',
      user: decodeURIComponent(url.username),
      host: url.hostname,
      port: Number(url.port || 22),
      socketPath,
      knownHosts: file(host.knownHosts ?? ''),
      identity,
    };
  }
  const tls = host.tls && { ca: file(host.tls.ca), cert: file(host.tls.cert), key: file(host.tls.key) };
  return { kind: 'tcp', host: url.hostname, port: Number(url.port), tls };
}
