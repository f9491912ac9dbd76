import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineError } from '../client/engine-error.ts';
import { portTaken } from '../diagnosis/refusal-network.ts';
import { neighboursOf } from '../diagnosis/settings.ts';
import { isPortTaken } from './blame.ts';
import { findContainers, type RolloutContext, type WatchContext } from './context.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * Starts a container, and retries for `forMs` milliseconds while the engine reports its port as taken: an engine that
 * crashed may hold ports of removed containers and release them late. Rejects with the engine's last error.
 */
export async function startContainer(
  context: Pick<WatchContext, 'engine' | 'showProgress'>,
  id: string,
  forMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const until = performance.now() + forMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await context.engine.startContainer(id);
    } catch (error) {
      if (!isPortTaken(error) || performance.now() + pause > until || signal?.aborted) throw error;
      context.showProgress('the port is still taken, starting again');
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Advice for a taken port: which container uses it, as far as the engine says. */
export async function portAdvice(context: RolloutContext, { engineSaid }: EngineError): Promise<string> {
  const { all } = await findContainers(context).catch(() => ({ all: undefined }));
  return portTaken(engineSaid, { host: context.plan.host, neighbours: all && neighboursOf(all) }).advice;
}
