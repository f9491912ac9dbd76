import { UserError } from '../../domain/errors.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deps } from '../deps.ts';

type Kept = Pick<Approval, 'decidedAt' | 'decidedBy' | 'id' | 'line' | 'reason' | 'requestedBy' | 'verdict'>;

/** A request that was asked in a message and takes no answer any more. */
export interface ClosedRequest extends Kept {
  readonly state: Exclude<Approval['state'], 'pending'>;
  /** As a verb: `prune images on web-1`; undefined where its record cannot be trusted. */
  readonly what: string | undefined;
}

/** Reads a request that was asked in a message; undefined while it is open, and for what has a card of its own. */
export async function readClosedRequest(
  id: string,
  { store, kinds }: Pick<Deps, 'kinds' | 'store'>,
): Promise<ClosedRequest | undefined> {
  const approval = await store.approvals.get(id);
  if (!approval || approval.state === 'pending') return undefined;
  const kind = kinds.get(approval.command);
  if (kind?.card !== 'message') return undefined;
  const { decidedAt, decidedBy, line, reason, requestedBy, state, verdict } = approval;
  const what = approval.integrity === 'signed' ? describe(approval, kind) : undefined;
  return { id, decidedAt, decidedBy, line, reason, requestedBy, state, verdict, what };
}

function describe(approval: Approval, kind: { describe(approval: Approval): string }): string | undefined {
  try {
    return kind.describe(approval);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
