import type { Core } from './core.ts';
import type { Hosts } from './docker/limits/hosts.ts';
import { messageOf, UserError } from './domain/errors.ts';
import type { SlackConnection } from './handlers/replicas/seen.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createReadiness, NotReady, type Readiness } from './status/readiness.ts';
import { type Listen, type StatusServer, serveStatus } from './status/server.ts';
import type { Log } from './telemetry.ts';

export interface Watched {
  readonly core: Pick<Core, 'store'>;
  readonly now: () => number;
  readonly hosts: Hosts;
  readonly connection: SlackConnection;
  /** Undefined where nothing listens. */
  readonly metrics: Metrics | undefined;
  readonly log: Log;
}

/** What others may ask of this process. */
export interface Status {
  readonly readiness: Readiness;
  /** Serves metrics and health checks, when the environment says where. Throws a `UserError` when the address cannot be used. */
  listen(at: Listen | undefined): Promise<void>;
  /** From here on the process is not ready: nothing new should be sent to it. */
  drain(): void;
  close(): Promise<void>;
}

/** Time between two calls to each host, so that `fairlead_host_up` is known of hosts that nobody asks about. */
const LOOK_MS = 30_000;
const HOST_DEADLINE_MS = 5000;

/** A scrape waits no longer for the store; Prometheus gives up after 10 s by default. */
const COUNT_MS = 2000;

export function createStatus({ core, now, hosts, connection, metrics, log }: Watched): Status {
  const ended = new AbortController();
  const { store } = core;
  const readiness = createReadiness(
    new Map([
      ['process', async () => mustNot(ended.signal.aborted, 'is shutting down')],
      ['store', () => store.watching.assertWritable()],
      ['slack', async () => mustNot(connection.kind !== 'none' && !connection.state()?.isOpen, 'is not connected')],
    ]),
  );
  const count = () => inTime(store.watching.counts(now()), COUNT_MS);
  let server: StatusServer | undefined;
  let timer: NodeJS.Timeout | undefined;
  const look = () =>
    hosts
      .each(hosts.names, (engine) => engine.version(), { signal: ended.signal, deadlineMs: HOST_DEADLINE_MS })
      .catch((error: unknown) => log.warn({ err: messageOf(error) }, 'The hosts could not be called'));
  return {
    // At once, and not after a check that is remembered.
    readiness: async () => (ended.signal.aborted ? ['process: is shutting down'] : readiness()),
    async listen(at) {
      if (at === undefined || metrics === undefined) return;
      server = await serveStatus(at, { readiness: this.readiness, metrics: () => metrics.read(count) }).catch(
        (error: unknown) => {
          const where = `${at.host}:${at.port}`;
          throw new UserError(
            'not_configured',
            `The status server cannot listen on ${where}: ${messageOf(error)}.`,
            'Set FAIRLEAD_STATUS_LISTEN to another port, or to an address of this machine.',
            { cause: error },
          );
        },
      );
      log.info({ host: at.host, port: server.port }, 'Metrics and health checks are served');
      timer = setInterval(() => void look(), LOOK_MS);
      void look();
    },
    drain() {
      ended.abort();
      clearInterval(timer);
    },
    async close() {
      await server?.close();
    },
  };
}

function mustNot(isSo: boolean, why: string): void {
  if (isSo) throw new NotReady(why);
}

/** Rejects when `work` takes longer. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('The store did not answer in time.')), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
