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
