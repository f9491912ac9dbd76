import type { ApprovalRule, Config } from '../config.ts';
import { type About, type AppliedRule, rulesFor } from './approval-rules.ts';
import type { Decision } from './decision.ts';
import { type Membership, NOBODY } from './people.ts';

export interface Answering extends About {
  readonly requestedBy: string;
  readonly person: string;
  readonly membership: Membership;
  /** The decision of `authorize` for this person and the same command, hosts and service. */
  readonly decision: Decision;
  readonly answer: 'yes' | 'no';
  /** Second factor given with an approval. A rejection needs none. */
  readonly factor?: 'totp' | undefined;
}

export type CanAnswer =
  /** `counts`: the rules an approval counts for; empty when no rule applies and one confirmation is enough. */
  | { readonly may: true; readonly counts: readonly string[] }
  | {
      readonly may: false;
      /** `step_up_needed`: allowed once they give a code from their authenticator. */
      readonly reason: 'not_permitted' | 'own_request' | 'not_an_approver' | 'group_unreadable' | 'step_up_needed';
      readonly why: string;
      readonly hint: string;
      readonly rule: string;
    };

/**
 * Whether a person's approval or rejection counts for at least one rule. `stillNeeds` tells whether all approvals are enough.
 * Without a rule, anyone who may give the command may confirm it.
 */
export function canAnswer(ask: Answering, config: Config): CanAnswer {
  const rules = rulesFor(ask, config);
  const [first] = rules;
  if (!first) {
    if (ask.decision.kind !== 'deny') return { may: true, counts: [] };
    const hint = 'Anyone who may give this command here can confirm it.';
    return { may: false, reason: 'not_permitted', why: ask.decision.missing, hint, rule: ask.decision.rule };
  }
  const from = [...new Set(rules.flatMap(({ rule }) => rule.from))];
  const hint = `Who can: ${from.join(', ')}.`;
  const own = ask.person === ask.requestedBy;
  const eligible = rules.filter(({ rule }) => isIn(rule, ask.membership) && (!own || rule.self));
  const refuse = (reason: Extract<CanAnswer, { may: false }>['reason'], why: string, { path } = first): CanAnswer => ({
    may: false,
    reason,
    why,
    hint,
    rule: path,
  });
  if (eligible.length === 0) {
    if (own && !rules.some(({ rule }) => rule.self))
      return refuse('own_request', 'You requested this, so somebody else has to approve it.');
    const unread = from.filter((group) => ask.membership.unreadable.has(group));
    const what = ask.answer === 'yes' ? 'Approving' : 'Rejecting';
    const why = `${what} this \`${ask.command}\` is not for you (\`${first.path}\`).`;
    if (unread.length > 0)
      return refuse('group_unreadable', `${why} Slack did not say who is in ${unread.join(', ')}.`);
    return refuse('not_an_approver', why);
  }
  const stepUp = eligible.find(({ rule }) => rule.stepUp !== undefined);
  if (ask.answer === 'yes' && stepUp && ask.factor === undefined)
    return refuse('step_up_needed', 'A yes here needs a code from your authenticator app.', stepUp);
  return { may: true, counts: eligible.map(({ path }) => path) };
}

/** All approvals so far, with each person's current groups: people who left a group no longer count for it. */
export interface Standing {
  readonly requestedBy: string;
  readonly rules: readonly AppliedRule[];
  readonly votes: readonly { readonly person: string; readonly factor?: 'totp' | undefined }[];
  readonly memberships: ReadonlyMap<string, Membership>;
}

export interface Need {
  readonly path: string;
  readonly from: readonly string[];
  /** Number of people still missing. */
  readonly missing: number;
  readonly stepUp: 'totp' | undefined;
}

/** Approvals still missing, by rule; empty when the request is approved. One person may count for several rules. */
export function stillNeeds(standing: Standing): readonly Need[] {
  return standing.rules.flatMap(({ path, rule }) => {
    const people = new Set(
      standing.votes
        .filter(({ person, factor }) => {
          if (person === standing.requestedBy && !rule.self) return false;
          if (rule.stepUp !== undefined && factor !== rule.stepUp) return false;
          return isIn(rule, standing.memberships.get(person) ?? NOBODY);
        })
        .map(({ person }) => person),
    );
    const missing = rule.count - people.size;
    return missing > 0 ? [{ path, from: rule.from, missing, stepUp: rule.stepUp }] : [];
  });
}

/** Whether the approvals are complete. Without a rule, one confirmation is enough. */
export function complete(standing: Standing): boolean {
  return standing.votes.length > 0 && stillNeeds(standing).length === 0;
}

function isIn(rule: ApprovalRule, membership: Membership): boolean {
  return rule.from.some((group) => membership.groups.has(group));
}
