import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../client/engine-error.ts';
import { portTaken } from '../diagnosis/refusal-network.ts';
import { neighboursOf } from '../diagnosis/settings.ts';
import { isPortTaken } from './blame.ts';
import { findContainers, type RolloutContext, type WatchContext } from './context.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/** For how many milliseconds a start that failed is tried again. */
interface Patience {
  /** While the port is taken: an engine that crashed may hold ports of removed containers and release them late. */
  readonly portMs: number;
  /** After any other failure but a missing container: an engine that comes up may fail with any status. */
  readonly failureMs?: number;
  readonly signal?: AbortSignal;
}

/** Starts a container, and again as long as the caller is patient. Rejects with the engine's last error. */
export async function startContainer(
  context: Pick<WatchContext, 'engine' | 'showProgress'>,
  id: string,
  { portMs, failureMs = 0, signal }: Patience,
): Promise<void> {
  const begin = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await context.engine.startContainer(id);
    } catch (error) {
      const isTaken = isPortTaken(error);
      const forMs = isTaken ? portMs : isRefused(error) ? failureMs : 0;
      if (performance.now() + pause > begin + forMs || signal?.aborted) throw error;
      context.showProgress(`the ${isTaken ? 'port is still taken' : 'engine could not start it'}, starting again`);
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Answered by the engine, which has the container. */
const isRefused = (error: unknown): boolean =>
  error instanceof EngineError && error.status !== undefined && error.status !== 404;

/** Advice for a taken port: which container uses it, as far as the engine says. */
export async function portAdvice(context: RolloutContext, { engineSaid }: EngineError): Promise<string> {
  const { all } = await findContainers(context).catch(() => ({ all: undefined }));
  return portTaken(engineSaid, { host: context.plan.host, neighbours: all && neighboursOf(all) }).advice;
}
