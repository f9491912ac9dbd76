import type { Config } from '../config.ts';
import { commandLine, type Phrase, phrase } from '../domain/phrase.ts';
import { type About, rulesFor } from './approval-rules.ts';
import type { Decision } from './decision.ts';
import type { Membership } from './people.ts';

export type MayBreak =
  /** `review`: milliseconds until an approver has to have signed it. */
  | { readonly may: true; readonly review: number }
  | {
      readonly may: false;
      /** `step_up_needed`: they may, as soon as they give a code from their authenticator. */
      readonly reason: 'not_configured' | 'not_permitted' | 'group_unreadable' | 'step_up_needed';
      readonly why: string;
      readonly hint: Phrase;
    };

export interface Breaking extends About {
  readonly membership: Membership;
  readonly decision: Decision;
  /** What they have proved it with beside Slack. */
  readonly factor?: 'totp' | undefined;
}

/**
 * Whether a person may go by without approval and through a freeze. They must be allowed the command itself as well, and
 * prove themselves as strongly as the rules they go by ask of a yes.
 */
export function mayBreakGlass(ask: Breaking, config: Config): MayBreak {
  const { breakGlass } = config;
  if (!breakGlass)
    return {
      may: false,
      reason: 'not_configured',
      why: 'Breaking the glass is not set up here.',
      hint: 'It is `breakGlass` in the config.',
    };
  const hint = `Who can: ${breakGlass.from.join(', ')}.`;
  if (ask.decision.kind === 'deny')
    return {
      may: false,
      reason: 'not_permitted',
      why: ask.decision.missing,
      hint: 'It does not give the command itself.',
    };
  if (breakGlass.from.some((group) => ask.membership.groups.has(group))) {
    const rule = rulesFor(ask, config).find(({ rule }) => rule.stepUp !== undefined);
    if (rule && ask.factor !== rule.rule.stepUp)
      return {
        may: false,
        reason: 'step_up_needed',
        why: `Breaking the glass here needs a code from your authenticator app (\`${rule.path}\`).`,
        hint: phrase`Give it with \`--code 123456\`; ${commandLine('totp')} sets one up.`,
      };
    return { may: true, review: breakGlass.review };
  }
  const unread = breakGlass.from.filter((group) => ask.membership.unreadable.has(group));
  const why = `Breaking the glass is for ${breakGlass.from.join(' or ')}.`;
  if (unread.length > 0)
    return {
      may: false,
      reason: 'group_unreadable',
      why: `${why} I could not read ${unread.join(', ')} from Slack just now.`,
      hint,
    };
  return { may: false, reason: 'not_permitted', why, hint };
}

export interface Signing extends About {
  /** Who broke the glass: never who signs. */
  readonly brokenBy: string;
  readonly person: string;
  readonly membership: Membership;
}

export type MaySign = { readonly may: true } | { readonly may: false; readonly why: string; readonly hint: string };

/** Groups that may sign a review: who could have approved, or, where no rule asks for that, who could break the glass. */
export function signersOf(about: About, config: Config): readonly string[] {
  const rules = rulesFor(about, config);
  const groups = rules.length > 0 ? rules.flatMap(({ rule }) => rule.from) : (config.breakGlass?.from ?? []);
  return [...new Set(groups)];
}

export function maySign(ask: Signing, config: Config): MaySign {
  const from = signersOf(ask, config);
  const hint = `Who can: ${from.join(', ') || 'nobody'}.`;
  if (ask.person === ask.brokenBy) return { may: false, why: 'You did this, so somebody else has to sign it.', hint };
  if (from.some((group) => ask.membership.groups.has(group))) return { may: true };
  return { may: false, why: 'Signing this is for those who could have approved it.', hint };
}
