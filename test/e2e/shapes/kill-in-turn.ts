import { setTimeout as pause } from 'node:timers/promises';
import type { Store } from '../../../src/store/store.ts';
import { type BotProcess, end, READY } from '../process.ts';

const EVERY_MS = 3000;
/** What a stopped process had sent to the database has arrived there. */
const SETTLED_MS = 50;

/**
 * Kills one of the workers every three seconds and starts it again, in turn. Never one that carries a deployment out: what
 * was begun then may end in a rollback, which other tests expect (`deploy-crash`, `standing`, `kills`). Returns its end.
 */
export function killInTurn(
  workers: BotProcess[],
  start: (index: number) => BotProcess,
  store: Store,
): () => Promise<void> {
  const stop = new AbortController();
  const churn = async () => {
    for (let turn = 0; !stop.signal.aborted; turn += 1) {
      await pause(EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
      if (stop.signal.aborted) return;
      const index = turn % workers.length;
      const victim = workers[index] as BotProcess;
      victim.child.kill('SIGSTOP');
      await pause(SETTLED_MS);
      if (await carries(victim, store)) {
        victim.child.kill('SIGCONT');
        continue;
      }
      await end(victim, 'SIGKILL');
      const next = start(index);
      workers[index] = next;
      await next.said(READY);
    }
  };
  const churning = churn();
  // A worker that does not start again fails the story at its end.
  churning.catch(() => {});
  return async () => {
    stop.abort();
    await churning;
  };
}

async function carries({ child }: BotProcess, store: Store): Promise<boolean> {
  const running = await store.deployments.running();
  return running.some(({ owner }) => owner?.split('/')[1] === String(child.pid));
}
