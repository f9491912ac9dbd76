import { code, UserError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';
import type { CommandSpec } from './define.ts';
import { type Extra, MEANINGS } from './extra-words.ts';
import type { SecretParts } from './mask.ts';
import { VARIABLE } from './misplaced-value.ts';
import { instead, Mistake } from './mistake.ts';
import type { Word } from './words.ts';

/** The words of a line that has more of them than its command takes. */
export interface Overlong extends Omit<Extra, 'spec' | 'rest'> {
  readonly secrets: SecretParts;
}

/** The mistake of a word more than a command takes. */
export function unexpected(spec: CommandSpec, { own, positional, index, secrets }: Overlong): UserError {
  // It may be the end of a secret value with a space in it, and is not repeated then.
  if (secrets.size > 0)
    return new UserError(
      'bad_input',
      'There is a word too many. Put a value with spaces in quotes: -e NAME="two words".',
    );
  const rest = positional.slice(index);
  const variable = rest.map((word) => VARIABLE.exec(word.text)?.[0]).find((name) => name !== undefined);
  if (variable !== undefined) return new UserError('bad_input', `Unexpected argument ${code(`${variable}***`)}.`);
  const twice = saidTwice(spec, positional);
  if (twice) return new Mistake(`${code(twice.text)} is there twice.`, instead([twice], []));
  const text = `Unexpected argument ${code(rest[0]?.text ?? '')}.`;
  const extra: Extra = { spec, own, positional, index, rest };
  for (const read of MEANINGS) {
    const meant = read(extra);
    if (meant) return new Mistake(meant.say === undefined ? text : phrase`${text} ${meant.say}`, meant.repair);
  }
  return new Mistake(text);
}

/** `deploy shop shop 1.5.0` and `logs /logs shop`: a word that was typed or pasted again. */
function saidTwice({ name }: CommandSpec, positional: readonly Word[]): Word | undefined {
  const isAgain = (word: Word, index: number) =>
    !word.quoted &&
    (index === 0 ? word.text.replace(/^\//u, '').toLowerCase() === name : word.text === positional[index - 1]?.text);
  return positional.find(isAgain);
}
