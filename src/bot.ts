import { createReceivers } from './changes/receivers.ts';
import type { Config, Environment } from './config.ts';
import { DRAIN_MS, openCore } from './core.ts';
import { loadLibrary } from './docker/client/dial.ts';
import { UserError } from './domain/errors.ts';
import { openObserving } from './observing.ts';
import { listen } from './slack/app.ts';
import { createCardAddress } from './slack/cards/card-address.ts';
import { connect } from './slack/client/connection.ts';
import { createConnectionState } from './slack/client/connection-state.ts';
import { type Link, NO_LINK } from './slack/client/link.ts';
import { createPeople } from './slack/client/people.ts';
import { createIntake } from './slack/listeners/intake.ts';
import { createSender } from './slack/sender.ts';
import { tellEnded } from './slack/unanswered/tell-ended.ts';
import { createUnansweredWatch } from './slack/unanswered/watch.ts';
import { createStatus } from './status-of-bot.ts';
import { shownDatabase } from './store/database.ts';
import type { Store } from './store/store.ts';
import type { Log } from './telemetry.ts';
import { createChangeDelivery } from './worker/changes/delivery.ts';
import { createWorker } from './worker/worker.ts';

/** A version that does not end when it is told to takes 10 s to stop, and the old one its time to start. */
const ROLL_BACK_MS = 25_000;

/** What one process does where the two are apart: take what Slack sends, or carry on what outlasts a request. */
export type Half = 'receiver' | 'worker';

export interface Bot {
  /**
   * Carries on what a process before this one left, then connects to Slack, for as long as that takes. Resolves when it is
   * connected, or stopped before. Rejects with a `UserError` when only a person can mend why it is not, and no deployment is open.
   */
  start(port?: number): Promise<void>;
  /** Stops taking requests, ends what follows, waits for the rest: for deployments that go back 25 s, for others 8. Safe to call twice. */
  stop(): Promise<void>;
}

export interface BotOptions {
  /** How Slack's requests come in; a worker alone has none. */
  readonly link?: Link | undefined;
  readonly only?: Half | undefined;
}

export async function createBot(config: Config, env: Environment, log: Log, { link, only }: BotOptions): Promise<Bot> {
  const token = env.SLACK_BOT_TOKEN;
  if (token === undefined)
    throw new UserError('not_configured', 'SLACK_BOT_TOKEN is not set.', 'Put it in .env; it begins with xoxb-.');
  const connection = createConnectionState(link?.kind ?? 'none');
  const observing = await openObserving(config, env, log);
  const { observer } = observing;
  const core = await openCore(config, env, log, { role: only ?? 'both', slack: connection, observer });
  tellOrigin(core.store.origin, shownDatabase(env.DATABASE_URL), log);
  const shutdown = new AbortController();
  const { signal } = shutdown;
  const underWay = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const slack = { token, apiUrl: env.SLACK_API_URL, log, observer };
  const sender = createSender({
    ...slack,
    depsOf: (client, board) =>
      core.deps(
        createPeople(config, async () => client, log),
        board,
      ),
  });
  const { api, deps, board, identify } = sender;
  const intake = createIntake(deps, core.replicas.id, (given) => tellEnded(given, api, deps));
  const unanswered = createUnansweredWatch({ self: core.replicas.id, intake, api, deps });
  if (link) listen({ ...slack, receiver: link.receiver, intake, signal, track }, sender);
  const changes = createChangeDelivery({
    ...deps,
    receivers: createReceivers(config.changes, deps.now),
    cardAddress: createCardAddress(api.client, deps),
  });
  const worker = only === 'receiver' ? undefined : createWorker(deps, board, changes);
  const status = createStatus({ core, now: deps.now, hosts: deps.hosts, connection, metrics: observing.metrics, log });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    status.drain();
    shutdown.abort();
    await Promise.all([
      inTime(Promise.allSettled(underWay), DRAIN_MS),
      inTime(Promise.allSettled([worker?.stop()]), ROLL_BACK_MS),
    ]);
    await inTime(Promise.all([board.flush(), unanswered.stop()]), 1000);
    await inTime(Promise.allSettled([link?.receiver.stop()]), 2000);
    await core.close();
    await status.close();
    await observing.close();
  };
  return {
    async start(port) {
      await status.listen(env.FAIRLEAD_STATUS_LISTEN);
      await link?.listen(port ?? 0, status.readiness);
      // Before Slack is asked anything: what another process left half-way is brought to an end whether Slack is there or not.
      core.replicas.start();
      worker?.start();
      if (worker) log.info({}, 'The worker has started; connecting to Slack');
      await connect({
        link: link ?? NO_LINK,
        identify,
        mayEnd: async () => worker === undefined || worker.isIdle(),
        connected() {
          connection.opened();
          worker?.catchUp();
          unanswered.start();
        },
        lost: () => connection.lost(),
        signal,
        log,
      });
      // Before the first request needs it, and not while Slack is waited for; what is wrong with it, that request will hear.
      loadLibrary().catch(() => {});
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
