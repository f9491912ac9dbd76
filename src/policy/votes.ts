import type { ApprovalRule, Config } from '../config.ts';
import { type About, type AppliedRule, rulesFor } from './approval-rules.ts';
import type { Decision } from './decision.ts';
import { type Membership, NOBODY } from './people.ts';

export interface Answering extends About {
  readonly requestedBy: string;
  readonly person: string;
  readonly membership: Membership;
  /** What `authorize` says of this person for the very command, hosts and service in question. */
  readonly decision: Decision;
  readonly answer: 'yes' | 'no';
  /** What they have proved it with beside Slack. A no needs nothing. */
  readonly factor?: 'totp' | undefined;
}

export type CanAnswer =
  /** `counts`: the rules a yes counts for; none when none applies and this yes is all that is needed. */
  | { readonly may: true; readonly counts: readonly string[] }
  | {
      readonly may: false;
      /** `step_up_needed`: they may, as soon as they give a code from their authenticator. */
      readonly reason: 'not_permitted' | 'own_request' | 'not_an_approver' | 'group_unreadable' | 'step_up_needed';
      readonly why: string;
      readonly hint: string;
      readonly rule: string;
    };

/**
 * Whether a person's answer counts, for at least one rule. Whether all the yeses together are enough is `stillNeeds`. Where
 * no rule applies, whoever may give the command may confirm it.
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
    const why = `${what} \`${ask.command}\` on these hosts is not for you (\`${first.path}\`).`;
    if (unread.length > 0)
      return refuse('group_unreadable', `${why} I could not read ${unread.join(', ')} from Slack just now.`);
    return refuse('not_an_approver', why);
  }
  const stepUp = eligible.find(({ rule }) => rule.stepUp !== undefined);
  if (ask.answer === 'yes' && stepUp && ask.factor === undefined)
    return refuse('step_up_needed', 'A yes here needs a code from your authenticator app.', stepUp);
  return { may: true, counts: eligible.map(({ path }) => path) };
}

/** Every yes given so far, with what is known of each person's groups now: who left the group does not count any more. */
export interface Standing {
  readonly requestedBy: string;
  readonly rules: readonly AppliedRule[];
  readonly votes: readonly { readonly person: string; readonly factor?: 'totp' | undefined }[];
  readonly memberships: ReadonlyMap<string, Membership>;
}

export interface Need {
  readonly path: string;
  readonly from: readonly string[];
  /** How many more people. */
  readonly missing: number;
  readonly stepUp: 'totp' | undefined;
}

/** What is still asked for, rule by rule; nothing when the question is answered. One person may count for several rules. */
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

/** Whether what was asked may be done now. Without any rule it takes one person's confirmation. */
export function complete(standing: Standing): boolean {
  return standing.votes.length > 0 && stillNeeds(standing).length === 0;
}

function isIn(rule: ApprovalRule, membership: Membership): boolean {
  return rule.from.some((group) => membership.groups.has(group));
}
