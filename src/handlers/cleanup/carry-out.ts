import type { Prunable } from '../../commands/cleanup/prune.ts';
import type { Redact } from '../../policy/redact.ts';
import type { Approval } from '../../store/approvals.ts';
import { cutHidden } from '../../text/cut.ts';
import type { Deps } from '../deps.ts';
import { settle, timed } from '../over-hosts.ts';
import type { Request, Run, Timed } from '../request.ts';
import { type KeptReason, neededNow, type Removal, removeOne } from './plan.ts';
import type { PrunePlan } from './types.ts';
import { verifiedOn } from './verified.ts';

export interface PrunedHost {
  readonly host: string;
  readonly removed: number;
  readonly bytes: number;
  readonly kept: readonly { readonly label: string; readonly reason: KeptReason; readonly why: string }[];
}

export interface PrunedResult extends Timed {
  readonly kind: 'pruned';
  readonly what: Prunable;
  readonly requestedBy: string;
  readonly answeredBy: string;
  readonly hosts: readonly PrunedHost[];
  readonly audit: string;
}

/** Removes the previewed items, and no others. */
export async function removeAll(
  { approval, plan }: { readonly approval: Approval; readonly plan: PrunePlan },
  request: Pick<Request, 'person' | 'since'>,
  deps: Pick<Deps, 'hosts' | 'now' | 'redact' | 'store'>,
  run: Pick<Run, 'signal'>,
): Promise<PrunedResult> {
  const byHost = new Map(plan.hosts.map((host) => [host.host, host.candidates]));
  // Kept beside the outcomes: a host that stops responding has removed some items before.
  const done = new Map<string, Removal[]>();
  const outcomes = await deps.hosts.each(
    [...byHost.keys()],
    async (engine, host) => {
      const verified = await verifiedOn(host, deps);
      const needed = await neededNow(engine, { args: plan.args, now: deps.now(), signal: run.signal, verified });
      const own: Removal[] = [];
      done.set(host, own);
      // One after the other: an image can only go once the one built on it has gone, and the engine is not hurried.
      for (const candidate of byHost.get(host) ?? [])
        own.push(await removeOne(engine, { what: plan.args.what, candidate }, needed, run.signal));
    },
    { signal: run.signal, deadlineMs: 10 * 60_000 },
  );
  const settled = settle(outcomes, deps.redact);
  const failures = settled.failures.map((failure) => {
    const all = byHost.get(failure.host)?.length ?? 0;
    const left = all - (done.get(failure.host)?.length ?? 0);
    return { ...failure, summary: `${failure.summary} Of ${all} to remove, ${left} may still be there.` };
  });
  const hosts = [...done]
    .filter(([host, removals]) => removals.length > 0 || settled.values.some((value) => value.host === host))
    .map(([host, removals]) => prunedHost(host, removals, deps.redact));
  const audit = `${approval.id} approved; ${hosts.map((host) => `${host.host}: ${host.removed} removed, ${host.kept.length} kept`).join('; ')}`;
  return {
    kind: 'pruned',
    what: plan.args.what,
    requestedBy: approval.requestedBy,
    answeredBy: request.person,
    ...timed(request, deps.now(), failures),
    hosts,
    audit,
  };
}

function prunedHost(host: string, removals: readonly Removal[], redact: Redact): PrunedHost {
  return {
    host,
    removed: removals.filter((item) => item.gone).length,
    bytes: removals.reduce((sum, item) => sum + (item.gone ? item.bytes : 0), 0),
    kept: removals.flatMap((item) =>
      item.gone ? [] : [{ label: item.candidate.label, reason: item.reason, why: cutHidden(item.why, 200, redact) }],
    ),
  };
}
