/** Things that a process records between two cleanings. */
const CLEAN_EVERY = 500;

/**
 * Cleans at one call in `every`, the first time somewhere among them: many processes may record only a few things, and cleaning
 * delays an acknowledgement. What cannot be cleaned is left to the next time. Never rejects.
 */
export function occasionally<Args extends readonly unknown[]>(
  clean: (...args: Args) => Promise<unknown>,
  every = CLEAN_EVERY,
): (...args: Args) => Promise<void> {
  let calls = Math.floor(Math.random() * every);
  return async (...args) => {
    calls += 1;
    if (calls % every === 0) await clean(...args).catch(() => {});
  };
}
