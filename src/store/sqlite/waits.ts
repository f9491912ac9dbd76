/** How long a write waits for another process to be done with its own. */
export const WRITE_LOCK_MS = 15_000;

/** How long SQLite itself waits for that, keeping the whole thread waiting: most transactions are over by then. */
export const BRIEFLY_MS = 2;

/** The longest pause between two tries to get it. The first are short: this process's own audit thread is done in some milliseconds. */
export const MOST_BETWEEN_MS = 25;
