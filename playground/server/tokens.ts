import { randomBytes, timingSafeEqual } from 'node:crypto';

/** What the app proves itself with, and its Slack to it. */
export interface Tokens {
  readonly bot: string;
  readonly app: string;
  readonly signingSecret: string;
  /** Token that the page and HTTP callers send with every act. */
  readonly session: string;
}

/** New ones for each start: what a former one knew opens nothing. */
export function createTokens(): Tokens {
  const random = () => randomBytes(24).toString('hex');
  return { bot: `xoxb-${random()}`, app: `xapp-${random()}`, signingSecret: random(), session: random() };
}

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
