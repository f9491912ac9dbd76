import { z } from 'zod';
import { field } from '../language/define.ts';

export const of = field(z.uuid().optional(), {
  value: 'id',
  description: 'Only the lock of this card, while it stands',
});
