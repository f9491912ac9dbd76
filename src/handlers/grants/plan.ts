import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PlacedExecRule } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';
import { isAbout } from '../../policy/exec.ts';
import { sayPattern } from '../../policy/exec-pattern.ts';

/** What a grant would let its requester do. */
export interface GrantPlan {
  /** Exactly one. */
  readonly hosts: readonly { readonly host: string }[];
  /** Names the container goes by; the first is its own. */
  readonly names: readonly string[];
  readonly forMs: number;
  readonly reason: string;
  /** Patterns of commands that become allowed. */
  readonly allowed: readonly string[];
}

const Stored = z.lazy(() =>
  z.strictObject({
    hosts: z.array(z.strictObject({ host: z.string().min(1) })).length(1),
    names: z.array(z.string().min(1)).min(1),
    forMs: z.int().min(1).max(86_400_000),
    reason: z.string().min(1),
    allowed: z.array(z.string().min(1)).min(1),
  }),
);

/** Validates a plan as it is stored. */
export function isGrantPlan(stored: unknown): stored is GrantPlan {
  return Stored.safeParse(stored).success;
}

export function hashOfGrant(plan: GrantPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

/** Patterns that a grant opens in a container, for somebody with these rules. */
export function openedBy(rules: readonly PlacedExecRule[], names: readonly string[]): string[] {
  const opened = rules.filter((rule) => rule.onGrant && isAbout(rule, names));
  return [...new Set(opened.flatMap(({ commands }) => commands.map(sayPattern)))].toSorted();
}

/** Without an approval rule a person could approve their own grant, so no grants exist then. */
export function noRule(): UserError {
  return new UserError(
    'not_configured',
    'No rule of the config says who approves grants there.',
    'Add one under `approvals`: `{ commands: [grant], hosts: all, from: [oncall] }`.',
  );
}
