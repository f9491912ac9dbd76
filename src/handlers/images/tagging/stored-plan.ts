import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TagPlan } from './types.ts';

const name = z.string().min(1).max(700);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);
const host = z.string().min(1);

const Stored = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('registry'),
    hosts: z.array(z.strictObject({ host })).min(1),
    source: name,
    target: name,
    digest,
    before: digest.nullable(),
  }),
  z.strictObject({
    kind: z.literal('hosts'),
    hosts: z
      .array(z.strictObject({ host, imageId: digest, before: digest.nullable(), why: z.array(z.string()) }))
      .min(1),
    source: name,
    target: name,
  }),
]);

/** Validates a plan as it is stored. */
export function isTagPlan(stored: unknown): stored is TagPlan {
  return Stored.safeParse(stored).success;
}

export function hashOfTag(plan: TagPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
