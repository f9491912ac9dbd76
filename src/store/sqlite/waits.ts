/** How long a write waits for another process to be done with its own. */
export const WRITE_LOCK_MS = 15_000;

/** How long SQLite itself waits for that, keeping the whole thread waiting: most transactions are over by then. */
export const BRIEFLY_MS = 2;
