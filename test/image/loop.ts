import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Watches how long the event loop is kept; `stop` says the longest, in milliseconds. */
export function watchLoop(): { stop(): number } {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  return {
    stop() {
      delay.disable();
      return delay.max / 1e6;
    },
  };
}
