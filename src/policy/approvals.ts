import { select } from '../commands/selector.ts';
import type { Config } from '../config.ts';
import type { Decision } from './authorize.ts';
import type { Membership } from './people.ts';

export interface Answering {
  readonly command: string;
  readonly hosts: readonly string[];
  readonly requestedBy: string;
  readonly person: string;
  readonly membership: Membership;
  /** What `authorize` says of this person for the very command and hosts in question. */
  readonly decision: Decision;
}

export type Verdict = { readonly may: true } | { readonly may: false; readonly why: string; readonly hint: string };

/**
 * Whether a person may say yes. Every rule that covers one of the hosts must be satisfied by somebody other than the
 * requester; where no rule applies, whoever may give the command may confirm it.
 */
export function canAnswer(ask: Answering, config: Config): Verdict {
  const rules = config.approvals.filter(
    (rule) =>
      rule.commands.some((name) => name === ask.command) &&
      select(rule.hosts, config.hosts).some((host) => ask.hosts.includes(host)),
  );
  if (rules.length === 0) {
    if (ask.decision.kind !== 'deny') return { may: true };
    return { may: false, why: ask.decision.missing, hint: 'Whoever may give the command here may confirm it.' };
  }
  const who = `Who can: ${[...new Set(rules.flatMap((rule) => rule.from))].join(', ')}.`;
  if (ask.person === ask.requestedBy)
    return { may: false, why: 'You asked for this, so somebody else has to approve it.', hint: who };
  const missing = rules.find((rule) => !rule.from.some((group) => ask.membership.groups.has(group)));
  if (!missing) return { may: true };
  const unread = missing.from.filter((group) => ask.membership.unreadable.has(group));
  const cannot = unread.length > 0 ? ` I could not read ${unread.join(', ')} from Slack just now.` : '';
  return {
    may: false,
    why: `Approving \`${ask.command}\` on these hosts is for ${missing.from.join(' or ')} (\`approvals[${config.approvals.indexOf(missing)}]\`).${cannot}`,
    hint: who,
  };
}
