import { z } from 'zod';

/** The end of a day in UTC, Unix milliseconds: `2027-01-31` counts to its last second. */
const LastDay = z.string().transform((text, context) => {
  const at = /^\d{4}-\d\d-\d\d$/u.test(text) ? Date.parse(`${text}T23:59:59.999Z`) : Number.NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return at;
  context.addIssue({ code: 'custom', message: 'is a day such as 2027-01-31' });
  return z.NEVER;
});

/** A vulnerability that somebody answers for, for a time. */
export const Waiver = z.lazy(() =>
  z.strictObject({
    id: z.string().min(1).max(200).meta({ description: 'CVE-2026-1234, as the scanner calls it' }),
    package: z.string().min(1).max(300).meta({ description: 'The package, as the scanner calls it' }),
    reason: z.string().min(1).max(300),
    approver: z.string().min(1).max(80).meta({ description: 'Who answers for it: a person id or a name' }),
    until: LastDay.meta({ description: 'The last day it counts, such as 2027-01-31 (UTC)' }),
  }),
);
export type WaiverConfig = z.infer<typeof Waiver>;
