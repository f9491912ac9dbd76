/** Runs one piece of work at a time, in the order they came; the first begins at once. */
export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  return async (work) => {
    if (isTaken) await new Promise<void>((resolve) => waiting.push(resolve));
    isTaken = true;
    try {
      return await work();
    } finally {
      // The queue stays taken: work that comes before the next one resumes waits behind it.
      const next = waiting.shift();
      if (next) next();
      else isTaken = false;
    }
  };
}
