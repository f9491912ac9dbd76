import { code, UserError } from '../../domain/errors.ts';
import { HOST_NAME } from '../../domain/selector.ts';
import { looksLikeVersion } from '../../domain/typed-version.ts';
import { type CommandSpec, fieldsOf, positionalsOf } from './define.ts';
import { isLikeHost } from './host-apart.ts';
import { durationIn, isLater, isMoment, NOT_SCHEDULED, SAY_HOW_LONG } from './how-long.ts';
import type { SecretParts } from './mask.ts';
import { VARIABLE } from './misplaced-value.ts';
import { instead, Mistake, word as newWord, type Repair } from './mistake.ts';
import type { Word } from './words.ts';

/** The words of a line that has more of them than its command takes. */
export interface Overlong {
  readonly own: readonly Word[];
  /** Words that are no options; the first too many is at `index`. */
  readonly positional: readonly Word[];
  readonly index: number;
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
  const host = hostOf(spec, rest);
  if (host) return new Mistake(`${text} A host is written with an @.`, instead(rest, [newWord(`@${host}`)]));
  if (rest.every((word) => COURTESY.test(word.text))) return new Mistake(text, instead(rest, []));
  const tagged = tagInstead(spec, positional, index);
  if (tagged) return new Mistake(`${text} A tag stands behind a colon.`, tagged);
  // `-n 5 lines`
  if (
    rest.length === 1 &&
    /^lines?$/iu.test(rest[0]?.text ?? '') &&
    own.some(({ text: one }) => /^(?:-n|--tail)/u.test(one))
  )
    return new Mistake(text, instead(rest, []));
  const lines = linesInstead(spec, own, rest);
  if (lines) return new Mistake(`${text} A number of lines has \`-n\` before it.`, lines);
  const howLong = howLongInstead(spec, own, rest);
  if (howLong) return new Mistake(`${text} ${SAY_HOW_LONG}`, howLong);
  const since = sinceInstead(spec, own, rest);
  if (since) return new Mistake(`${text} A time to look back to has \`--since\` before it.`, since);
  if (positionalsOf(spec).length === 0) return new Mistake(text, instead(rest, []));
  // `deploy shop 1.5.0 at 22:00`: as a reason the time would look as if it were kept to.
  if (startsOnApproval(spec) && isLater(rest.map(({ text: one }) => one)))
    return new Mistake(`${text} ${NOT_SCHEDULED}`, instead(rest, []));
  const hasReason = fieldsOf(spec).some(({ key }) => key === 'reason');
  if (!hasReason || own.some((word) => /^--reason(?:=|$)/u.test(word.text) && !word.quoted)) return new Mistake(text);
  if (isSecondVersion(own, positional, index)) return new Mistake(`${text} Name one version.`);
  // `deploy shop because of errors`: what stands where a version could is none, and belongs to the reason.
  const from = index > 1 && !/\d|^latest$/u.test(positional[index - 1]?.text ?? '') ? index - 1 : index;
  const reason = positional.slice(from);
  // `deploy shop web 1.5.0`: a version is not made part of a reason.
  if (from < index && reason.some(({ text: one }) => looksLikeVersion(one))) return new Mistake(text);
  const words = [newWord('--reason'), newWord(reasonIn(reason), true)];
  return new Mistake(`${text} Put the reason in quotes, after \`--reason\`.`, instead(reason, words));
}

/** `deploy shop shop 1.5.0` and `logs /logs shop`: a word that was typed or pasted again. */
function saidTwice({ name }: CommandSpec, positional: readonly Word[]): Word | undefined {
  const isAgain = (word: Word, index: number) =>
    !word.quoted &&
    (index === 0 ? word.text.replace(/^\//u, '').toLowerCase() === name : word.text === positional[index - 1]?.text);
  return positional.find(isAgain);
}

const COURTESY = /^(?:please|pls|plz|thanks|thx|thank|you|asap)[.,!]?$/iu;

const takesImage = (spec: CommandSpec) =>
  spec.imageOf !== undefined || ['image', 'reference'].includes(positionalsOf(spec)[0]?.key ?? '');

/** `pull shop 1.5.0` and `pull shop latest`: a version behind an image that has none. */
function tagInstead(spec: CommandSpec, positional: readonly Word[], index: number): Repair | undefined {
  const [image, tag, ...others] = positional.slice(index - 1);
  if (!takesImage(spec) || index !== 1 || image === undefined || tag === undefined || others.length > 0)
    return undefined;
  const hasTag = /[:@]/u.test(image.text.slice(image.text.lastIndexOf('/') + 1));
  if (hasTag || !(tag.text === 'latest' || looksLikeVersion(tag.text))) return undefined;
  return new Map([
    [image, [newWord(`${image.text}:${tag.text}`)]],
    [tag, []],
  ]);
}

/** `deploy shop 1.5.0 1.6.0` and `rollback shop 1.4.0 1.3.0`: a second version is no reason. */
function isSecondVersion(own: readonly Word[], positional: readonly Word[], index: number): boolean {
  const [before, second, third] = positional.slice(index - 1);
  if (third !== undefined || !looksLikeVersion(second?.text ?? '')) return false;
  return (index > 1 && looksLikeVersion(before?.text ?? '')) || own.some(({ text }) => /^--to(?:=|$)/u.test(text));
}

/** The text of a reason, without the word for one before it: `reason: faster`, `— faster`. */
function reasonIn(words: readonly Word[]): string {
  const from = words.findIndex(
    ({ text }) => !/^(?:[-\u2010-\u2015]+|[-\u2010-\u2015]*reason:?|because:)$/iu.test(text),
  );
  return words
    .slice(Math.max(0, from))
    .map(({ text }) => text)
    .join(' ');
}

/** `logs shop 50`, `logs shop last 50 lines`; in `--since 1h 30` the number may be of the time. */
function linesInstead(spec: CommandSpec, own: readonly Word[], rest: readonly Word[]): Repair | undefined {
  if (own.some(({ text }) => /^--(?:since|until|for)(?:=|$)/u.test(text))) return undefined;
  const said = rest.map(({ text }) => text).join(' ');
  const [, count] = /^(?:(?:last|tail) )?(\d{1,5})(?: lines?)?$/iu.exec(said) ?? [];
  if (count === undefined || !fieldsOf(spec).some(({ key }) => key === 'tail')) return undefined;
  return instead(rest, [newWord('-n'), newWord(count)]);
}

/** `lock shop until 14:00`: a duration can be given in its place, where none is yet. */
function howLongInstead(spec: CommandSpec, own: readonly Word[], rest: readonly Word[]): Repair | undefined {
  const keys = new Map(fieldsOf(spec).map((one) => [one.key, one]));
  const { value = '' } = keys.get('for') ?? {};
  if (value === '' || keys.has('until')) return undefined;
  const texts = rest.map(({ text }) => text);
  const said = durationIn(texts);
  if (!(said?.taken === rest.length) && !isMoment(texts)) return undefined;
  const isGiven = own.some((word) => /^--for(?:=|$)/u.test(word.text) && !word.quoted);
  return instead(rest, isGiven ? [] : [newWord('--for'), newWord(said?.text ?? value)]);
}

/** `events 10m`, `logs shop since 10m`. */
function sinceInstead(spec: CommandSpec, own: readonly Word[], rest: readonly Word[]): Repair | undefined {
  if (!fieldsOf(spec).some(({ key }) => key === 'since') || own.some(({ text }) => /^--since(?:=|$)/u.test(text)))
    return undefined;
  const texts = rest.map(({ text }) => text);
  const words = texts[0]?.toLowerCase() === 'since' ? texts.slice(1) : texts;
  const said = durationIn(words);
  return said?.taken === words.length ? instead(rest, [newWord('--since'), newWord(said.text)]) : undefined;
}

/** Commands with a plan: what they ask for begins as soon as it may. */
const startsOnApproval = (spec: CommandSpec) => fieldsOf(spec).some(({ key }) => key === 'breakGlass');

function hostOf({ onHosts }: CommandSpec, rest: readonly Word[]): string | undefined {
  const [first, second] = rest.map(({ text }) => text.toLowerCase());
  if (!onHosts || first === undefined) return undefined;
  if (first === 'on' && second !== undefined && rest.length === 2) return HOST_NAME.test(second) ? second : undefined;
  if (first === 'to' && second !== undefined && rest.length === 2) return isLikeHost(second) ? second : undefined;
  return rest.length === 1 && isLikeHost(first) ? first : undefined;
}
