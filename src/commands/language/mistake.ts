import { UserError } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import type { Word } from './words.ts';

/** What stands for words of a line once it is corrected; none for a word that is left out. */
export type Repair = ReadonlyMap<Word, readonly Word[]>;

/** A mistake in a command line, with the words it would have been right with where that is known. */
export class Mistake extends UserError {
  readonly repair: Repair | undefined;

  /** `field` is the key of the field it is about, for a form. */
  constructor(what: Phrase, repair?: Repair, field?: string) {
    super('bad_input', what, undefined, { field });
    this.repair = repair;
  }
}

export const word = (text: string, quoted = false): Word => ({ text, at: 0, quoted });

export function repaired(words: readonly Word[], repair: Repair): Word[] {
  return words.flatMap((one) => repair.get(one) ?? [one]);
}

/** Some words in the place of others, which stand one behind the other. */
export function instead([first, ...others]: readonly Word[], words: readonly Word[]): Repair {
  return new Map([...(first ? [[first, words] as const] : []), ...others.map((one) => [one, []] as const)]);
}
