import { z } from 'zod';

/** What a card shows of itself: the first eight digits of its plan's hash. Its buttons say the whole id. */
export const CardRef = z
  .string()
  .regex(/^(?:[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{8,64})$/u, 'is the id on the card, 8 characters or more (3f9c01ab)');
