import type { Outcome, Underway } from '../deps.ts';

/** A request was answered; its card shows the outcome. */
export interface AnsweredResult {
  readonly kind: 'answered';
  readonly card: string;
  /** For people who do not see the card change. */
  readonly text: string;
  /** The person who clicked the card gets no other message. */
  readonly quiet: boolean;
  readonly audit: string;
}

/** The rule requires a one-time code before this approval counts. */
export interface CodeResult {
  readonly kind: 'code';
  readonly card: string;
  readonly question: string;
  readonly audit: string;
}

/** Whether an approval only gave its person a message, and nothing was carried out yet. */
export function isAnswered(result: { readonly kind: string }): result is AnsweredResult | CodeResult {
  return result.kind === 'answered' || result.kind === 'code';
}

export function isUnderway(result: Outcome): result is Underway {
  return result.kind === 'underway';
}
