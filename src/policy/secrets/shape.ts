import { isSecret } from './values.ts';

/** A secret in a place that has no `name = value`. The first group that matched is the secret, or the whole match. */
export interface Shape {
  /** The pattern is looked for only in text that has one of these, in lower case. */
  readonly near: readonly string[];
  /** Every repetition is bounded and begins at a word, so that no text makes it slow. */
  readonly pattern: RegExp;
  readonly unless?: (secret: string) => boolean;
}

export const notAPassword = (value: string) => !isSecret(value, 'password', false);
