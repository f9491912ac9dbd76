import { z } from 'zod';
import { ChannelId, duration } from './words.ts';

/** Where the head of the audit log is made known, so that a log that was cut or put back can be told. */
export const Audit = z.strictObject({
  headChannel: ChannelId.optional().meta({
    description: 'A channel in which the newest record is posted as number:hash; it always goes to the log',
  }),
  headEvery: duration('1h').meta({ description: 'How often, when there are new records' }),
});
