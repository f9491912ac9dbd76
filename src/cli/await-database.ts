import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { setTimeout as later } from 'node:timers/promises';
import type { Environment } from '../config.ts';
import { reachDatabase } from '../store/database.ts';
import { DatabaseFault } from '../store/fault.ts';
import type { Log } from '../telemetry.ts';

const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * Waits until the database can be reached: what starts a bot and its database starts them in any order. Meanwhile `/healthz`
 * is ok and `/readyz` is not, at the addresses of the bot. Resolves at once where only a person can mend what is wrong: opening
 * the database says so.
 */
export async function awaitDatabase(env: Environment, isHttp: boolean, log: Log): Promise<void> {
  const servers: Server[] = [];
  for (let failures = 1; ; failures += 1) {
    const fault = await faultOf(env.DATABASE_URL);
    if (!fault?.isAway) break;
    if (failures === 1) servers.push(...(await answerMeanwhile(env, isHttp)));
    const againInMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
    log.warn({ failures, againInMs, err: fault.message }, 'The database cannot be reached; it is tried again');
    await later(againInMs);
  }
  await Promise.all(servers.map(close));
}

async function faultOf(url: string): Promise<DatabaseFault | undefined> {
  try {
    await reachDatabase(url);
    return undefined;
  } catch (error) {
    return error instanceof DatabaseFault ? error : undefined;
  }
}

async function answerMeanwhile(env: Environment, isHttp: boolean): Promise<readonly Server[]> {
  const status = env.FAIRLEAD_STATUS_LISTEN;
  const at = [...(isHttp ? [{ port: env.PORT }] : []), ...(status === undefined ? [] : [status])];
  return Promise.all(
    at.map(async (address) => {
      const server = createServer({ requestTimeout: 10_000 }, ({ url }, response) => {
        const isAlive = url === '/healthz';
        response.writeHead(isAlive ? 200 : 503, { connection: 'close' }).end(isAlive ? 'ok\n' : 'not ready\n');
      });
      server.maxConnections = 100;
      server.listen(address);
      await once(server, 'listening');
      return server;
    }),
  );
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  await closed;
}
