import { randomBytes, timingSafeEqual } from 'node:crypto';

/** The tokens of the app, and the secret that signs requests to it. */
export interface Tokens {
  readonly bot: string;
  readonly app: string;
  readonly signingSecret: string;
  /** The token that the page and HTTP callers send with every request. */
  readonly session: string;
}

/** Creates tokens; those of an earlier start are invalid. */
export function createTokens(): Tokens {
  const random = () => randomBytes(24).toString('hex');
  return { bot: `xoxb-${random()}`, app: `xapp-${random()}`, signingSecret: random(), session: random() };
}

/** Compares two secrets in constant time. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
