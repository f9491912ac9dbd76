import { exec } from '../../commands/containers/exec.ts';
import { sayDuration } from '../../domain/duration.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { groupsThatMatter, rolesHeld } from '../../policy/authorize.ts';
import { execRules } from '../../policy/exec.ts';
import type { ExecGrant } from '../../store/exec-grants.ts';
import { OTHER_REQUESTER, StalePlan, untrustedError } from '../approval/errors.ts';
import { approvalKind } from '../approval/kind.ts';
import { ownDecision, rulesOf } from '../approval/may-answer.ts';
import { type GrantPlan, hashOfGrant, isGrantPlan, noRule, openedBy } from './plan.ts';

/** The message in which a grant was approved, among the cards of the store: its summary is posted in its thread. */
export const GRANTED_IN = 'granted-in';

export interface GrantedResult {
  readonly kind: 'granted';
  readonly grant: Omit<ExecGrant, 'integrity' | 'endedAt' | 'endedBy'>;
  readonly audit: string;
}

/** What `grant exec` asks. */
export const grantApproval = approvalKind<GrantPlan, GrantedResult>({
  isPlan: isGrantPlan,
  votes: 'one',
  card: 'message',
  breakGlass: false,
  subject: ({ names }) => `grant to run commands in ${names[0]}`,
  describe: ({ names, hosts, forMs }) => `run commands in ${names[0]} on ${hosts[0]?.host} for ${sayDuration(forMs)}`,
  async revalidate({ approval, plan }, _, deps) {
    const { hash, requestedBy: person, channel, service } = approval;
    if (hashOfGrant(plan) !== hash) throw untrustedError('request');
    if (rulesOf(approval, deps).length === 0) throw noRule();
    const membership = await deps.people.membership(person, groupsThatMatter(channel, deps.config));
    const decision = ownDecision({ person, channel, membership }, deps, approval);
    if (decision.kind === 'deny')
      throw new UserError(
        'not_permitted',
        phrase`${mention(person)} may no longer ask for that there: ${decision.missing}`,
        OTHER_REQUESTER,
      );
    const [{ host } = { host: '' }] = plan.hosts;
    const held = rolesHeld({ spec: exec, service, channel, membership }, host, deps.config);
    if (openedBy(execRules(held, deps.config), plan.names).join('\n') !== plan.allowed.join('\n'))
      throw new StalePlan('Not granted: the config allows something else by now.');
  },
  async carryOut({ approval, plan }, request, deps, run) {
    await run.accept();
    const beginsAt = deps.now();
    const grant = {
      id: approval.id,
      person: approval.requestedBy,
      channel: approval.channel,
      host: plan.hosts[0]?.host ?? '',
      container: plan.names[0] ?? '',
      allowed: plan.allowed,
      reason: plan.reason,
      approvedBy: request.person,
      beginsAt,
      until: beginsAt + plan.forMs,
    };
    await deps.store.execGrants.begin(grant);
    const { message, thread } = request;
    if (message !== undefined)
      await deps.store.cards.put({
        subject: grant.id,
        kind: GRANTED_IN,
        channel: request.channel,
        ts: message,
        thread,
      });
    await deps.store.approvals.finish({ id: approval.id, verdict: 'done', at: deps.now() });
    return { kind: 'granted', grant, audit: `${approval.id} approved: until ${new Date(grant.until).toISOString()}` };
  },
});
