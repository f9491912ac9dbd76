import type { Phrase } from '../../domain/phrase.ts';

/** A warning that nobody can approve. */
export interface NobodyCan {
  readonly why: Phrase;
  /** Other ways the config offers. */
  readonly hint: string;
}
