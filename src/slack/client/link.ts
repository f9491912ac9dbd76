import type bolt from '@slack/bolt';

/** How Slack's requests reach the bot. */
export interface Link {
  readonly receiver: bolt.Receiver;
  /** Takes requests from now on, where Slack has to be asked nothing first. Throws a `UserError` when the port cannot be used. */
  listen(port: number): Promise<void>;
  /** Opens the connection over which Slack sends, with one attempt and an end to it. */
  open(): Promise<void>;
  /** Resolves when the connection that was opened last is closed, by whomever; never where there is none. */
  closed(): Promise<void>;
}
