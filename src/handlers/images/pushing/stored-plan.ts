import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PushPlan } from './types.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);
const host = z.string().min(1);

const Stored = z.lazy(() =>
  z.strictObject({
    hosts: z.array(z.strictObject({ host })).min(1),
    from: host,
    target: z.string().min(1).max(700),
    imageId: digest,
    before: digest.nullable(),
  }),
);

/** Validates a plan as it is stored. */
export function isPushPlan(stored: unknown): stored is PushPlan {
  return Stored.safeParse(stored).success;
}

export function hashOfPush(plan: PushPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
