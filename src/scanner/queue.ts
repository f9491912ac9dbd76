import { ScanError } from './errors.ts';

/** Runs so many jobs at once; others wait in their order. Throws a `ScanError` when too many wait. */
export function createQueue(atOnce: number, mostWaiting: number): <T>(job: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running < atOnce) running += 1;
    else {
      if (waiting.length >= mostWaiting) throw new ScanError('busy', `${waiting.length} scans are waiting`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
