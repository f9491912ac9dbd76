import type { ContainerEvent } from './events.ts';

/** How a container last exited, from its events; undefined when the engine does not say. */
export function endOfRun(events: readonly ContainerEvent[]): {
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
} {
  return {
    exitCode: events.findLast(({ action }) => action === 'die')?.exitCode,
    outOfMemory: events.some(({ action }) => action === 'oom'),
  };
}
