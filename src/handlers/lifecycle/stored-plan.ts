import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LifecyclePlan } from './types.ts';

const seconds = z.int().min(0).optional();
const limit = z.int().min(-1).optional();
const Limits = z.lazy(() =>
  z.strictObject({
    memory: limit,
    memorySwap: limit,
    nanoCpus: limit,
    pids: limit,
    restart: z.strictObject({ name: z.string(), maximumRetryCount: z.int().min(0) }).optional(),
  }),
);
const Act = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('start') }),
  z.strictObject({ action: z.enum(['stop', 'restart']), seconds }),
  z.strictObject({ action: z.literal('kill'), signal: z.string().regex(/^(?:SIG[A-Z0-9+-]+|\d{1,2})$/u) }),
  z.strictObject({ action: z.enum(['pause', 'unpause']) }),
  z.strictObject({ action: z.literal('update'), limits: Limits }),
  z.strictObject({ action: z.literal('rename'), name: z.string().min(2) }),
  z.strictObject({ action: z.literal('rm'), force: z.boolean(), volumes: z.boolean() }),
]);
const texts = z.array(z.string());

const Stored = z.lazy(() =>
  z.strictObject({
    act: Act,
    hosts: z
      .array(
        z.strictObject({
          host: z.string().min(1),
          targets: z
            .array(
              z.strictObject({
                id: z.string().regex(/^[0-9a-f]{64}$/u),
                name: z.string().min(1),
                service: z.string().min(1),
                image: z.string(),
                imageId: z.string(),
                state: z.string(),
                affected: z.array(z.strictObject({ id: z.string(), name: z.string(), how: z.string() })),
                cautions: texts,
                notes: texts,
                volumes: texts,
                changes: z.array(z.strictObject({ setting: z.string(), from: z.string(), to: z.string() })),
              }),
            )
            .min(1),
        }),
      )
      .min(1),
  }),
);

/** Validates a plan as it is stored. */
export function isLifecyclePlan(stored: unknown): stored is LifecyclePlan {
  return Stored.safeParse(stored).success;
}

export function hashOfPlan(plan: LifecyclePlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
