import { z } from 'zod';
import { defineCommand, field } from '../language/define.ts';

export const TotpArgs = z.lazy(() =>
  z.strictObject({
    code: field(
      z
        .string()
        .regex(/^\d{6}$/u, 'is six digits')
        .optional(),
      { position: 1, description: 'The six digits your authenticator shows', secret: true },
    ),
  }),
);

export type TotpArgs = z.infer<typeof TotpArgs>;

export const totp = defineCommand({
  slash: false,
  onHosts: false,
  name: 'totp',
  summary: 'Set up the one-time code that some approvals ask for',
  access: 'open',
  effect: 'read',
  args: TotpArgs,
  examples: ['/dock totp', '/dock totp 123456'],
});
