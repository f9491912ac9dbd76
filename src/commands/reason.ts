import { z } from 'zod';

/** Why something is done, for people to read: something they can see. */
export const Reason = z
  .string()
  .trim()
  .regex(/[\p{L}\p{N}\p{P}\p{S}]/u, 'says why, in words')
  .max(300);
