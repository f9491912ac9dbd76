/** A card was answered; what it came to is on the card. */
export interface AnsweredResult {
  readonly kind: 'answered';
  readonly card: string;
  /** For people who do not see the card change. */
  readonly text: string;
  /** The person who clicked the card is told nothing more. */
  readonly quiet: boolean;
  readonly audit: string;
}

/** The rule asks for a one-time code before this yes counts. */
export interface CodeResult {
  readonly kind: 'code';
  readonly card: string;
  readonly question: string;
  readonly audit: string;
}

/** Whether approving came to a word for its person, and nothing was carried out yet. */
export function isAnswered(result: { readonly kind: string }): result is AnsweredResult | CodeResult {
  return result.kind === 'answered' || result.kind === 'code';
}
