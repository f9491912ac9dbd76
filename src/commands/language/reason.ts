import { z } from 'zod';
import { field } from './define.ts';

/** Why something is done, for people to read: something they can see. */
export const Reason = z
  .string()
  .trim()
  .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'says why, in words')
  .max(300);

/** What proves a person beside Slack, where a rule asks for it. */
export const OneTimeCode = field(
  z
    .string()
    .regex(/^\d{6}$/u, 'is six digits')
    .optional(),
  { value: '123456', description: 'The one-time code, where the rule asks for it', secret: true },
);

/** Reads what follows a card's id as the reason: `reject 3f9c01ab not tonight`. */
export function withReason(words: readonly string[]): readonly string[] {
  const [id, ...rest] = words;
  const isPlain = id !== undefined && rest.length > 0 && rest.every((word) => !word.startsWith('-'));
  return isPlain ? [id, '--reason', rest.join(' ')] : words;
}
