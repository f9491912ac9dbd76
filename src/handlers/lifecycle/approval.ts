import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import { named } from '../../text/names.ts';
import { OTHER_REQUESTER, StalePlan, untrustedError } from '../approval/errors.ts';
import { approvalKind } from '../approval/kind.ts';
import { ownDecision } from '../approval/may-answer.ts';
import type { ApprovalDeps } from '../deps.ts';
import { carryOut } from './carry-out.ts';
import { mustBeFree, rulesOfPlan } from './free.ts';
import { makePlan } from './make-plan.ts';
import { staleReasons } from './stale.ts';
import { hashOfPlan, isLifecyclePlan } from './stored-plan.ts';
import type { ActedResult, ActingReport, LifecyclePlan } from './types.ts';
import { optionWords, WORDS } from './words.ts';

/** What a command that changes containers asks, whichever it is. */
export const lifecycleApproval = approvalKind<LifecyclePlan, ActedResult, ActingReport>({
  isPlan: isLifecyclePlan,
  votes: 'one',
  card: 'message',
  breakGlass: false,
  subject: (plan) => `${WORDS[plan.act.action].noun} of ${namesIn(plan)}`,
  describe: (plan) =>
    `${WORDS[plan.act.action].verb} ${namesIn(plan)}${optionWords(plan.act)} on ${named(
      plan.hosts.map(({ host }) => host),
      300,
    )}`,
  async revalidate({ approval, plan }, _request, deps) {
    const { hash, requestedBy: person, channel, command } = approval;
    if (hashOfPlan(plan) !== hash || command !== plan.act.action) throw untrustedError('request');
    const membership = await deps.people.membership(person, groupsThatMatter(channel, deps.config));
    const decision = ownDecision({ person, channel, membership }, deps, approval);
    if (decision.kind === 'deny')
      throw new UserError(
        'not_permitted',
        phrase`${mention(person)} may no longer do that there: ${decision.missing}`,
        OTHER_REQUESTER,
      );
    const { service } = rulesOfPlan(plan, deps.config);
    if (service !== approval.service) throw untrustedError('request');
    await mustBeFree(plan, person, deps);
    await mustHold(plan, deps);
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

export function namesIn({ hosts }: Pick<LifecyclePlan, 'hosts'>): string {
  return named([...new Set(hosts.flatMap(({ targets }) => targets.map(({ name }) => name)))], 300);
}

/** Throws a `UserError` unless every container is still as the plan has it. */
async function mustHold(plan: LifecyclePlan, deps: ApprovalDeps): Promise<void> {
  const ids = new Map(plan.hosts.map(({ host, targets }) => [host, targets.map(({ id }) => id)]));
  const now = await makePlan({ act: plan.act, ids }, deps, AbortSignal.timeout(30_000)).catch((error: unknown) => {
    if (error instanceof UserError && error.reason === 'not_found') throw staleOf([error.message]);
    throw error;
  });
  const why = plan.hosts.flatMap((planned) => {
    const found = now.hosts.find(({ host }) => host === planned.host);
    return found ? staleReasons(planned, found) : [];
  });
  if (why.length > 0) throw staleOf(why);
}

const staleOf = (why: readonly string[]) => new StalePlan(`Not started, since this plan is stale: ${why.join(' ')}`);
