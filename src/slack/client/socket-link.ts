import { type AppsConnectionsOpenResponse, WebClient } from '@slack/web-api';
import { inArrival, type Log } from '../../telemetry.ts';
import { SocketModeReceiver } from './bolt.ts';
import { clientOptions } from './client-options.ts';
import { inTime } from './in-time.ts';
import { libraryLog } from './library-log.ts';
import type { Link } from './link.ts';

/** From the ticket to Slack's greeting. */
const OPEN_MS = 20_000;

/** The library's event for what Slack sends. */
const ARRIVED = 'slack_event';

/**
 * Socket Mode, one connection at a time. The library's own reconnecting is off: it makes rejections that nobody can handle
 * when `apps.connections.open` fails, and waits five seconds where Slack only moves a connection.
 */
export function createSocketLink(appToken: string, apiUrl: string | undefined, log: Log): Link {
  const logger = libraryLog(log);
  const options = { ...clientOptions(apiUrl), retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  const web = new WebClient(appToken, { ...options, logger });
  let ticket: AppsConnectionsOpenResponse | undefined;
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: {
      // The library asks for a ticket when it is started, and opens what that names: by then there is one.
      clientOptions: { ...options, fetch: async () => Response.json(ticket) },
    },
    // What Slack did not get an acknowledgement for, it sends again or tells the person; another one here could only fail.
    processEventErrorHandler: async ({ error }) => {
      log.error({ err: error }, 'What Slack sent could not be handled');
      return false;
    },
  });
  const { client } = receiver;
  const [take] = client.listeners(ARRIVED);
  client.off(ARRIVED, take).on(ARRIVED, (...args) => inArrival(() => take?.(...args)));
  const start = async (identified?: Promise<unknown>) => {
    [ticket] = await Promise.all([web.apps.connections.open(), identified]);
    // It rejects with nothing when the connection closes before Slack's greeting.
    await client.start().catch((error: unknown) => {
      throw error ?? new Error('Slack closed the connection before its greeting.');
    });
  };
  let closed = Promise.withResolvers<void>();
  client.on('disconnected', () => closed.resolve());
  return {
    kind: 'socket-mode',
    receiver,
    async listen() {},
    async open(identified) {
      closed = Promise.withResolvers();
      const opened = start(identified);
      try {
        await inTime(opened, OPEN_MS);
      } catch (error) {
        opened.catch(() => {});
        client.disconnect().catch(() => {});
        throw error;
      }
    },
    closed: () => closed.promise,
  };
}
