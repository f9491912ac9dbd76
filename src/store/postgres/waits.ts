/** How long a connection may take to be made, or to come free. */
export const CONNECT_MS = 5000;

/** How long connecting is tried again while the server restarts, or has no connection free. */
export const RESTART_MS = 1500;

/** How long a transaction waits for those before it, of this process and of others. */
export const WRITE_LOCK_MS = 15_000;

/** How long one statement may take. */
export const STATEMENT_MS = 20_000;

/** How long a transaction may do nothing: one whose process hangs keeps all others from writing. */
export const IDLE_IN_TRANSACTION_MS = 10_000;

/** The same for a reader, which keeps nobody waiting. */
export const IDLE_IN_VIEW_MS = 60_000;

/** How long an answer is waited for: the server gives up before that, unless the network is gone. */
export const ANSWER_MS = STATEMENT_MS + 5000;

/**
 * The same while the schema is brought up to date, where one statement may go through every row of a table; and how often it is
 * asked whether another process has done that.
 */
export const MIGRATION = {
  STATEMENT_MS: 300_000,
  LOCK_MS: 60_000,
  IDLE_MS: IDLE_IN_TRANSACTION_MS,
  ANSWER_MS: 305_000,
  AGAIN_MS: 50,
};

/** How long it is asked whether a commit whose answer was lost was done. */
export const OUTCOME_MS = 10_000;

/** How long a shutdown waits for connections to close. */
export const CLOSE_MS = 3000;

/** Of the connection that listens: how often it is asked whether it is alive, and how soon it is made again. */
export const LISTEN = { ALIVE_MS: 30_000, ANSWER_MS: 5000, FIRST_PAUSE_MS: 500, MOST_PAUSE_MS: 30_000 };
