import { UserError } from '../../domain/errors.ts';
import type { AppliedRule } from '../../policy/approval-rules.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import type { Approver } from './approver.ts';
import { approversOf } from './approvers.ts';
import { nobodyCanApprove } from './nobody.ts';
import { requestedBefore } from './requested-before.ts';
import { deadlinesOf } from './terms.ts';

/** A plan to be confirmed or approved by a click on the message that shows it. */
export interface ToAsk {
  /** Names the request in a sentence: `this restart of shop on web-1`. */
  readonly what: string;
  readonly plan: { readonly hosts: readonly { readonly host: string }[] };
  readonly hash: string;
  readonly service: string | undefined;
  readonly rules: readonly AppliedRule[];
  /** What is approved is for its requester alone: the same for a colleague is another request. */
  readonly isPersonal?: boolean;
}

export interface Asked {
  /** Times are Unix milliseconds. */
  readonly at: number;
  readonly expiresAt: number;
  readonly from: readonly Approver[];
}

/**
 * Stores a request for approval. Throws the `UserError` `no_approver` when too few people could approve it, and `conflict` when
 * the same is requested there already.
 */
export async function askForApproval(
  { what, plan, hash, service, rules, isPersonal = false }: ToAsk,
  request: Request,
  deps: Pick<Deps, 'config' | 'kinds' | 'now' | 'people' | 'specs' | 'store'>,
): Promise<Asked> {
  const { id, command, person, channel, shownLine: line } = request;
  const open = await deps.store.approvals.pending({ now: deps.now(), channel });
  const same = open.find(
    (one) => one.command === command && one.hash === hash && (!isPersonal || one.requestedBy === person),
  );
  if (same) throw await requestedBefore(same, request, deps);
  const nobody = await nobodyCanApprove(what, { command, plan, service }, request, deps);
  if (nobody) throw new UserError('no_approver', nobody.why, nobody.hint);
  const at = deps.now();
  const expiresAt = at + deadlinesOf(rules).expires;
  await deps.store.approvals.create({
    id,
    command,
    ...(service === undefined ? {} : { service }),
    line,
    channel,
    requestedBy: person,
    requestedAt: at,
    expiresAt,
    plan,
    hash,
  });
  return { at, expiresAt, from: approversOf([...new Set(rules.flatMap(({ rule }) => rule.from))], deps.config) };
}
