import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineError } from '../client/engine-error.ts';
import { isPortTaken } from './blame.ts';
import { findContainers, type RolloutContext, type WatchContext } from './context.ts';
import { ownName } from './names.ts';

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

/**
 * The port of the host that an engine reports as taken. 20.10: `Bind for 0.0.0.0:8080 failed: …`, `listen tcp4
 * 0.0.0.0:8080: bind: …`; 28.5 names the container's address after it: `failed to bind host port
 * 0.0.0.0:8080:172.17.0.2:80/tcp: …`.
 */
export function takenPort(engineSaid: string): number | undefined {
  const forwarded = /:(\d{1,5}):(?:[\d.]+|\[[\da-f:.]+\]):\d{1,5}\/\w/iu.exec(engineSaid);
  // The address comes before the cause, so the last port in the message counts.
  const port = Number(forwarded?.[1] ?? [...engineSaid.matchAll(/:(\d{1,5})\b/gu)].at(-1)?.[1] ?? 0);
  return port === 0 ? undefined : port;
}

/** Advice for a taken port: which container uses it, as far as the engine says. */
export async function portAdvice(context: RolloutContext, { engineSaid }: EngineError): Promise<string> {
  const { host } = context.plan;
  const port = takenPort(engineSaid);
  if (port === undefined) return `Find what uses the port on ${host}: docker ps, or ss -ltnp.`;
  const { all } = await findContainers(context).catch(() => ({ all: [] }));
  const holder = all.find(
    ({ state, ports }) => state === 'running' && ports.some(({ publicPort }) => publicPort === port),
  );
  if (holder) return `Container ${ownName(holder)} uses port ${port} on ${host}: stop it, or publish another port.`;
  return (
    `No container on ${host} uses port ${port}. Find the program: ss -ltnp 'sport = :${port}'. ` +
    'If that is docker-proxy or nothing, the engine kept the port after a crash: systemctl restart docker'
  );
}
