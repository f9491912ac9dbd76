import { processorTime } from '../processor-time.ts';

/** Watches how long the event loop is kept; `stop` says the longest, in milliseconds of this thread's own CPU time. */
export function watchLoop(): { stop(): number } {
  let longest = 0;
  let last = processorTime();
  const look = () => {
    const now = processorTime();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop() {
      clearInterval(timer);
      // The turn that this is called in may be the longest.
      look();
      return longest;
    },
  };
}
