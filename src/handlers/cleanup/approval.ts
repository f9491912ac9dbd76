import { named } from '../../text/names.ts';
import { approvalKind } from '../approval/kind.ts';
import { type PrunedResult, removeAll } from './carry-out.ts';
import { isPrunePlan, mustBeAsPreviewed } from './preflight.ts';
import type { PrunePlan } from './types.ts';

/** What `/prune` asks. */
export const pruneApproval = approvalKind<PrunePlan, PrunedResult>({
  isPlan: isPrunePlan,
  votes: 'one',
  card: 'message',
  breakGlass: false,
  subject: ({ args }) => `prune of ${args.what}`,
  describe: ({ args, hosts }) =>
    `prune ${args.what} on ${named(
      hosts.map(({ host }) => host),
      300,
    )}`,
  revalidate: mustBeAsPreviewed,
  async carryOut({ approval, plan }, request, deps, run) {
    await run.accept();
    const result = await removeAll({ approval, plan }, request, deps, run);
    const verdict = result.failures.length === 0 ? 'done' : 'partial';
    await deps.store.approvals.finish({ id: approval.id, verdict, at: deps.now() });
    return result;
  },
});
