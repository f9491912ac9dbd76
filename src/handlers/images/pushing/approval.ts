import { UserError } from '../../../domain/errors.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import { checkImage } from '../../../policy/images.ts';
import { checkPush } from '../../../policy/publish.ts';
import { untrustedError } from '../../approval/errors.ts';
import { approvalKind } from '../../approval/kind.ts';
import { mustStillBeAllowed, stale } from '../tagging/approval.ts';
import { noRule, publishRules } from '../tagging/rules.ts';
import { carryOut } from './carry-out.ts';
import { registryHas } from './registry-has.ts';
import { hashOfPush, isPushPlan } from './stored-plan.ts';
import type { Pushed, PushPlan, PushReport } from './types.ts';

const sayTarget = ({ target }: PushPlan) => familiar(parseReference(target));

/** What `push` asks. */
export const pushApproval = approvalKind<PushPlan, Pushed, PushReport>({
  isPlan: isPushPlan,
  votes: 'one',
  card: 'message',
  breakGlass: false,
  subject: (plan) => `push of ${sayTarget(plan)}`,
  describe: (plan) => `push ${sayTarget(plan)} from ${plan.from}`,
  async revalidate({ approval, plan }, _request, deps) {
    if (hashOfPush(plan) !== approval.hash || approval.command !== 'push') throw untrustedError('request');
    const { service, rules } = publishRules('push', plan, deps.config);
    if (service !== approval.service) throw untrustedError('request');
    if (rules.length === 0) throw noRule('push');
    await mustStillBeAllowed(approval, [{ host: plan.from }], deps);
    const { reference } = checkImage(parseReference(plan.target), deps.config);
    checkPush(reference, deps.config);
    const now = await registryHas(reference, plan.from, deps);
    if (now === undefined)
      throw new UserError(
        'registry_refused',
        `${reference.registry} does not say what it has.`,
        'Try again in a minute.',
      );
    if (now !== plan.before) throw stale(`${sayTarget(plan)} is another image in ${reference.registry} now`);
  },
  async carryOut({ approval, plan }, request, deps, run) {
    await run.accept();
    const { requestedBy } = approval;
    const result = await carryOut({ plan, requestedBy, request, signal: run.signal, progress: run.progress }, deps);
    const verdict = result.failures.length === 0 ? 'done' : 'partial';
    await deps.store.approvals.finish({ id: approval.id, verdict, at: deps.now() });
    return { ...result, audit: `${approval.id} approved; ${result.audit}` };
  },
});
