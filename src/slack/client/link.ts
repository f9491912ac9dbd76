import type bolt from '@slack/bolt';

/** The connection over which Slack sends. */
export interface Connection {
  /**
   * Opens it, with one attempt and an end to it. Slack is asked for it at once; it is opened, so that something may come over
   * it, when `identified` has resolved. Rejects soon after that has rejected.
   */
  open(identified?: Promise<unknown>): Promise<void>;
  /** Resolves when the one that was opened last is closed, by whomever; never where there is none. */
  closed(): Promise<void>;
}

/** How Slack's requests reach the bot. */
export interface Link extends Connection {
  readonly kind: 'socket-mode' | 'http';
  readonly receiver: bolt.Receiver;
  /**
   * Takes requests from now on, where Slack has to be asked nothing first. `failing`: the checks that fail, for `/readyz`.
   * Throws a `UserError` when the port cannot be used.
   */
  listen(port: number, failing: () => Promise<readonly string[]>): Promise<void>;
}

/** Of a process that Slack sends nothing to. */
export const NO_LINK: Connection = { async open() {}, closed: () => new Promise(() => {}) };
