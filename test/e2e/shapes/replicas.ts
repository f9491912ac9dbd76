import type { LocalSlack } from '../../../playground/server/index.ts';
import { freePort, storeOf } from '../access.ts';
import { type BotProcess, end, hasCrashed, launch, READY } from '../process.ts';
import { balance } from './balancer.ts';
import { type Deployed, type Launch, slackUrl } from './bot.ts';
import { newDatabase, rowsOf, throughBouncer, writeRow } from './databases.ts';
import { killInTurn } from './kill-in-turn.ts';

const RECEIVERS = 2;
const WORKERS = 2;

/**
 * Two receivers and two workers on one PostgreSQL; the second of each goes through PgBouncer. A worker is killed and started
 * again every few seconds.
 */
export const replicas: Deployed = {
  database: newDatabase,
  stored: rowsOf,
  write: writeRow,
  facing: (slack) => slack,
  async start(starting) {
    const { env, mode, slack, port, until } = starting;
    const started: BotProcess[] = [];
    const worker = (index: number) => {
      const one = launch({ ...env, ...addressFor(index, env) }, ['--only', 'worker']);
      started.push(one);
      return one;
    };
    const workers = Array.from({ length: WORKERS }, (_, index) => worker(index));
    const { receivers, stopBalancing } = await startReceivers(starting);
    const said = until === READY ? [...workers, ...receivers] : workers;
    await Promise.all(said.map((one) => one.said(until)));
    if (mode === 'http') slack.setRequestUrl(slackUrl(port));
    else if (until === READY) await connections(slack, RECEIVERS);
    const store = await storeOf(env);
    const stopKilling = killInTurn(workers, worker, store);
    return {
      get child() {
        return (workers[0] as BotProcess).child;
      },
      hasCrashed: () => [...started, ...receivers].some(hasCrashed),
      url: slackUrl(port),
      log: () => [...workers, ...receivers].map((one) => one.log()).join(''),
      async end(signal) {
        await stopKilling().finally(() => store.close());
        await Promise.all([...workers, ...receivers].map((one) => end(one, signal)));
        await stopBalancing();
      },
    };
  },
};

async function startReceivers({ env, mode, port }: Launch) {
  const start = (index: number, more: NodeJS.ProcessEnv = {}) =>
    launch({ ...env, ...addressFor(index, env), ...more }, ['--only', 'receiver']);
  if (mode === 'socket')
    return { receivers: Array.from({ length: RECEIVERS }, (_, index) => start(index)), stopBalancing: async () => {} };
  const ports = await Promise.all(Array.from({ length: RECEIVERS }, freePort));
  const receivers = ports.map((own, index) => start(index, { PORT: String(own) }));
  return { receivers, stopBalancing: await balance(port, ports) };
}

function connections(slack: LocalSlack, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (slack.connections() < count) return;
      off();
      resolve();
    };
    const off = slack.on('change', look);
    look();
  });
}

const addressFor = (index: number, { DATABASE_URL: url = '' }: NodeJS.ProcessEnv) =>
  index === 0 ? {} : { DATABASE_URL: throughBouncer(url) };
