import { z } from 'zod';

export const NoArgs = z.strictObject({});

export type NoArgs = z.infer<typeof NoArgs>;
