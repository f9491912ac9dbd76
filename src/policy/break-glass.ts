import type { Config } from '../config.ts';
import { commandLine, type Phrase, phrase } from '../domain/phrase.ts';
import { type About, rulesFor } from './approval-rules.ts';
import type { Decision } from './decision.ts';
import type { Membership } from './people.ts';

export type MayBreak =
  /** `review`: milliseconds until an approver has to sign the review. */
  | { readonly may: true; readonly review: number }
  | {
      readonly may: false;
      /** `step_up_needed`: allowed once they give a code from their authenticator. */
      readonly reason: 'not_configured' | 'not_permitted' | 'group_unreadable' | 'step_up_needed';
      readonly why: string;
      readonly hint: Phrase;
    };

export interface Breaking extends About {
  readonly membership: Membership;
  readonly decision: Decision;
  /** Second factor given with the command. */
  readonly factor?: 'totp' | undefined;
}

/**
 * Whether a person may deploy without approval and during a freeze. They need permission for the command itself, and the
 * same second factor that the bypassed rules require of an approval.
 */
export function mayBreakGlass(ask: Breaking, config: Config): MayBreak {
  const { breakGlass } = config;
  if (!breakGlass)
    return {
      may: false,
      reason: 'not_configured',
      why: 'Break-glass is not set up here.',
      hint: 'Set it up under `breakGlass` in the config.',
    };
  const hint = `Who can: ${breakGlass.from.join(', ')}.`;
  if (ask.decision.kind === 'deny')
    return {
      may: false,
      reason: 'not_permitted',
      why: ask.decision.missing,
      hint: 'Break-glass does not replace permission for the command.',
    };
  if (breakGlass.from.some((group) => ask.membership.groups.has(group))) {
    const rule = rulesFor(ask, config).find(({ rule }) => rule.stepUp !== undefined);
    if (rule && ask.factor !== rule.rule.stepUp)
      return {
        may: false,
        reason: 'step_up_needed',
        why: `Break-glass here needs a code from your authenticator app (\`${rule.path}\`).`,
        hint: phrase`Give it with \`--code 123456\`; ${commandLine('totp')} sets one up.`,
      };
    return { may: true, review: breakGlass.review };
  }
  const unread = breakGlass.from.filter((group) => ask.membership.unreadable.has(group));
  const why = `Break-glass is for ${breakGlass.from.join(' or ')}.`;
  if (unread.length > 0)
    return {
      may: false,
      reason: 'group_unreadable',
      why: `${why} Slack did not say who is in ${unread.join(', ')}.`,
      hint,
    };
  return {
    may: false,
    reason: 'not_permitted',
    why: `${why} Nothing was started.`,
    hint: 'Leave out `--break-glass` to request approval instead.',
  };
}

export interface Signing extends About {
  /** The person who used break-glass; never the one who signs. */
  readonly brokenBy: string;
  readonly person: string;
  readonly membership: Membership;
}

export type MaySign = { readonly may: true } | { readonly may: false; readonly why: string; readonly hint: string };

/** Groups that may sign a review: those that could have approved or, without a rule, those that may use break-glass. */
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
  return { may: false, why: 'Only people who could have approved this can sign it.', hint };
}
