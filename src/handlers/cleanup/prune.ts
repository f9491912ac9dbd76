import type { PruneArgs } from '../../commands/cleanup/prune.ts';
import { UserError } from '../../domain/errors.ts';
import { createPace } from '../../paced/pace.ts';
import type { Redact } from '../../policy/redact.ts';
import { cutHidden } from '../../text/cut.ts';
import { TRICKS } from '../../text/invisible.ts';
import { named } from '../../text/names.ts';
import type { Approver } from '../approval/approver.ts';
import { approversOf } from '../approval/approvers.ts';
import { nobodyCanApprove } from '../approval/nobody.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { type Candidate, candidates } from './plan.ts';
import { hashOfPrune } from './preflight.ts';
import type { HostPlan, PrunePlan } from './types.ts';
import { verifiedOn } from './verified.ts';

export interface PreviewResult extends Timed, PrunePlan {
  readonly kind: 'preview';
  readonly id: string;
  readonly hash: string;
  readonly total: number;
  readonly bytes: number;
  /** Groups that must answer, when the config asks for a second person. */
  readonly from: readonly Approver[];
  readonly expiresAt: number;
}

const CONFIRM_WITHIN = 15 * 60_000;

/** A card that lists more is not a preview anyone reads, and the plan has to fit in the store. */
const MOST = 5000;

/** UTF-16 units. The card shows less, its file all. */
const MOST_LABEL = 500;

/** Labels are text of others: a build step's holds the step, with the values that were given to it. */
async function labelled(found: readonly Candidate[], redact: Redact): Promise<Candidate[]> {
  const pace = createPace();
  const shown: Candidate[] = [];
  for (const item of found) {
    shown.push({ ...item, label: cutHidden(item.label.replace(TRICKS, ' ').trim(), MOST_LABEL, redact) });
    await pace();
  }
  return shown;
}

export const prune = handler<PruneArgs, PreviewResult>()(
  ['config', 'hosts', 'kinds', 'now', 'people', 'redact', 'specs', 'store'],
  async (request, deps, run) => {
    const { args } = request;
    const at = deps.now();
    const outcomes = await deps.hosts.each(
      request.hosts,
      async (engine, host) => {
        const verified = await verifiedOn(host, deps);
        return candidates(engine, { args, now: at, signal: run.signal, verified });
      },
      { signal: run.signal, deadlineMs: 90_000 },
    );
    const { values, failures } = settle(outcomes, deps.redact);
    const total = values.reduce((sum, { value }) => sum + value.length, 0);
    if (total > MOST)
      throw new UserError(
        'too_large',
        `That would remove ${total} ${args.what}; one preview takes ${MOST}.`,
        'Narrow it with `--older-than` or `--on`.',
      );
    const hosts: HostPlan[] = [];
    for (const { host, value } of values) {
      const bytes = value.reduce((sum, item) => sum + item.bytes, 0);
      hosts.push({ host, candidates: await labelled(value, deps.redact), bytes });
    }
    const unlisted = failures.map(({ host }) => host);
    const plan: PrunePlan = {
      args,
      hosts: hosts.filter((host) => host.candidates.length > 0),
      ...(unlisted.length > 0 ? { unlisted } : {}),
    };
    const hash = hashOfPrune(plan);
    const decision = request.decision;
    const from = decision.kind === 'needs-approval' ? approversOf(decision.from, deps.config) : [];
    const expiresAt = at + (decision.kind === 'needs-approval' ? decision.expires : CONFIRM_WITHIN);
    if (total > 0) {
      const nobody = await nobodyCanApprove(
        `this prune of ${args.what} (${total} on ${named(
          plan.hosts.map(({ host }) => host),
          300,
        )})`,
        { command: 'prune', plan, service: undefined },
        request,
        deps,
      );
      if (nobody) throw new UserError('no_approver', nobody.why, nobody.hint);
      await deps.store.approvals.create({
        id: request.id,
        command: 'prune',
        line: request.shownLine,
        channel: request.channel,
        requestedBy: request.person,
        requestedAt: at,
        expiresAt,
        plan,
        hash,
      });
    }
    const bytes = hosts.reduce((sum, host) => sum + host.bytes, 0);
    return {
      kind: 'preview',
      id: request.id,
      hash,
      args,
      ...timed(request, deps.now(), failures),
      hosts,
      total,
      bytes,
      from,
      expiresAt,
    };
  },
);
