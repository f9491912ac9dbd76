import { bootId, kernelMs } from '../../machine.ts';
import type { JsonObject } from './types.ts';

/** A moment so many milliseconds ahead that another process can read from the journal, whatever the wall clock is set to. */
export function deadlineIn(ms: number): JsonObject {
  return { boot: bootId(), ms: kernelMs() + ms };
}

/** Milliseconds until a deadline, 0 when it is over; undefined when the machine was started anew since, or is another. */
export function leftUntil(deadline: unknown): number | undefined {
  const { boot, ms } = (deadline ?? {}) as { readonly boot?: unknown; readonly ms?: unknown };
  if (typeof ms !== 'number' || boot === '' || boot !== bootId()) return undefined;
  return Math.max(0, ms - kernelMs());
}
