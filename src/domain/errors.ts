import { cutBetweenWords } from '../text/cut.ts';
import { TRICKS } from '../text/invisible.ts';
import { asText, type Phrase } from './phrase.ts';

/**
 * The two kinds of error. A `UserError` is written for the person who typed: its text goes to Slack as it is. Anything
 * else is a fault of ours: it is logged with an id and shown only as that id.
 */

/** Why something did not happen. Stable: the audit log, the metrics and the tests use these words. */
export const REASONS = [
  'bad_input',
  'unknown_command',
  'not_configured',
  'not_permitted',
  'over_budget',
  'host_needed',
  'host_unknown',
  'not_found',
  'ambiguous',
  'image_not_allowed',
  'tag_needed',
  'expired',
  'already_decided',
  'busy',
  'timeout',
  'unreachable',
  'engine_refused',
  'registry_refused',
  'not_verified',
  'conflict',
  'cannot_adopt',
  'guardrail',
  'vulnerable',
  'frozen',
  'locked',
  'unchanged',
  'bad_code',
  'no_card',
  'no_approver',
  'too_large',
  'untrusted_record',
  'stopped',
  'internal',
] as const;
export type Reason = (typeof REASONS)[number];

/** One way on that is offered with a failure: a button's label and the command line it gives. */
export interface Choice {
  readonly label: string;
  readonly line: string;
}

/** A word that was typed, and the one that was meant: the same line with that one is offered. */
export interface Instead {
  readonly typed: string;
  readonly meant: string;
}

/** A failure whose text is meant for the person: what happened, in `hint` what to try, in `choices` what to press. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly reason: Reason;
  /** What happened; `message` is its plain text, for logs. */
  readonly phrase: Phrase;
  readonly hint: Phrase | undefined;
  readonly choices: readonly Choice[];
  /** The argument it is about, by its key in the command: where there is a form, the error is shown under it. */
  readonly field: string | undefined;
  readonly instead: Instead | undefined;

  constructor(
    reason: Reason,
    what: Phrase,
    hint?: Phrase,
    options: ErrorOptions & {
      readonly choices?: readonly Choice[];
      readonly field?: string | undefined;
      readonly instead?: Instead;
    } = {},
  ) {
    super(asText(what), options);
    this.reason = reason;
    this.phrase = what;
    this.hint = hint;
    this.choices = options.choices ?? [];
    this.field = options.field;
    this.instead = options.instead;
  }
}

/** The text of anything thrown, for logs and for joining into a longer sentence. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Typed text inside a sentence: in backticks, which it cannot close, on one line, and short. */
export function code(text: string): string {
  const clean = text
    .replaceAll('\t', ' ')
    .replace(TRICKS, ' ')
    .replaceAll('`', "'")
    .replaceAll('<', '‹')
    .replaceAll('>', '›');
  return `\`${cutBetweenWords(clean, 80, '...')}\``;
}
