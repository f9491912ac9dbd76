import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { HOST_NAME } from '../../domain/selector.ts';
import { looksLikeVersion } from '../../domain/typed-version.ts';
import { type CommandSpec, fieldsOf, positionalsOf } from './define.ts';
import { habitOf, isHabitAs } from './habit.ts';
import { isLikeHost } from './host-apart.ts';
import { durationIn, isLater, isMoment, NOT_SCHEDULED, SAY_HOW_LONG } from './how-long.ts';
import { instead, word as newWord, type Repair } from './mistake.ts';
import { joinWords, type Word } from './words.ts';

/** The words of a line, and which of them its command does not take. */
export interface Extra {
  readonly spec: CommandSpec;
  readonly own: readonly Word[];
  /** Words that are no options; the first too many is at `index`. */
  readonly positional: readonly Word[];
  readonly index: number;
  /** The words too many. */
  readonly rest: readonly Word[];
}

/** What words too many were meant as: what to say of them, and how the line would have been right, if that is known. */
interface Meaning {
  readonly say?: Phrase;
  readonly repair?: Repair;
}

/** The first that knows has its say. */
export const MEANINGS: readonly ((extra: Extra) => Meaning | undefined)[] = [
  switchInstead,
  habitInstead,
  ({ spec, rest }) => {
    const host = hostOf(spec, rest);
    return host === undefined
      ? undefined
      : { say: 'A host is written with an @.', repair: instead(rest, [newWord(`@${host}`)]) };
  },
  ({ rest }) => (rest.every(({ text }) => COURTESY.test(text)) ? leftOut(rest) : undefined),
  tagInstead,
  // `pull shop:1.5.0 shop:1.6.0`
  ({ spec, rest }) =>
    takesImage(spec) && spec.name !== 'tag' && rest.every(({ text }) => /[:/]/u.test(text))
      ? { say: 'One image at a time.', repair: instead(rest, []) }
      : undefined,
  // `-n 5 lines`
  ({ own, rest: [word, ...others] }) =>
    others.length === 0 && word && /^lines?$/iu.test(word.text) && own.some(({ text }) => /^(?:-n|--tail)/u.test(text))
      ? leftOut([word])
      : undefined,
  linesInstead,
  howLongInstead,
  sinceInstead,
  choiceInstead,
  containerInstead,
  ({ spec, rest }) => (positionalsOf(spec).length === 0 ? leftOut(rest) : undefined),
  // `deploy shop 1.5.0 at 22:00`: as a reason the time would look as if it were kept to.
  ({ spec, rest }) =>
    startsOnApproval(spec) && isLater(rest.map(({ text }) => text))
      ? { say: NOT_SCHEDULED, repair: instead(rest, []) }
      : undefined,
  reasonInstead,
  patternInstead,
];

const leftOut = (rest: readonly Word[]): Meaning => ({ repair: instead(rest, []) });

const isGiven = (own: readonly Word[], name: string) =>
  own.some(({ text, quoted }) => !quoted && (text === `--${name}` || text.startsWith(`--${name}=`)));

const COURTESY = /^(?:please|pls|plz|thanks|thx|thank|you|asap)[.,!]?$/iu;

const takesImage = (spec: CommandSpec) =>
  spec.imageOf !== undefined || ['image', 'reference'].includes(positionalsOf(spec)[0]?.key ?? '');

/** `pull shop 1.5.0` and `pull shop latest`: a version behind an image that has none. */
function tagInstead({ spec, positional, index }: Extra): Meaning | undefined {
  const [image, tag, ...others] = positional.slice(index - 1);
  if (!takesImage(spec) || index !== 1 || image === undefined || tag === undefined || others.length > 0)
    return undefined;
  const hasTag = /[:@]/u.test(image.text.slice(image.text.lastIndexOf('/') + 1));
  if (hasTag || !(tag.text === 'latest' || looksLikeVersion(tag.text))) return undefined;
  const repair = new Map([
    [image, [newWord(`${image.text}:${tag.text}`)]],
    [tag, []],
  ]);
  return { say: 'A tag stands behind a colon.', repair };
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
function linesInstead({ spec, own, rest }: Extra): Meaning | undefined {
  if (own.some(({ text }) => /^--(?:since|until|for)(?:=|$)/u.test(text))) return undefined;
  const said = rest.map(({ text }) => text).join(' ');
  const [, count] = /^(?:(?:last|tail) )?(\d{1,5})(?: lines?)?$/iu.exec(said) ?? [];
  if (count === undefined || !fieldsOf(spec).some(({ key }) => key === 'tail')) return undefined;
  return { say: 'A number of lines has `-n` before it.', repair: instead(rest, [newWord('-n'), newWord(count)]) };
}

/** `lock shop until 14:00`: a duration can be given in its place, where none is yet. */
function howLongInstead({ spec, own, rest }: Extra): Meaning | undefined {
  const keys = new Map(fieldsOf(spec).map((one) => [one.key, one]));
  const { value = '' } = keys.get('for') ?? {};
  if (value === '' || keys.has('until')) return undefined;
  const texts = rest.map(({ text }) => text);
  const said = durationIn(texts);
  if (!(said?.taken === rest.length) && !isMoment(texts)) return undefined;
  const words = isGiven(own, 'for') ? [] : [newWord('--for'), newWord(said?.text ?? value)];
  return { say: SAY_HOW_LONG, repair: instead(rest, words) };
}

/** `events 10m`, `logs shop since 10m`. */
function sinceInstead({ spec, own, rest }: Extra): Meaning | undefined {
  if (!hasOption(spec, 'since') || isGiven(own, 'since')) return undefined;
  const texts = rest.map(({ text }) => text);
  const words = texts[0]?.toLowerCase() === 'since' ? texts.slice(1) : texts;
  const said = /^yesterday$/iu.test(words.join(' ')) ? { text: '24h', taken: 1 } : durationIn(words);
  if (said?.taken !== words.length) return undefined;
  const repair = instead(rest, [newWord('--since'), newWord(said.text)]);
  return { say: 'A time to look back to has `--since` before it.', repair };
}

const hasOption = (spec: CommandSpec, name: string) =>
  fieldsOf(spec).some(({ key, position }) => key === name && position === undefined);

/** `hosts down` */
function choiceInstead({ spec, own, rest }: Extra): Meaning | undefined {
  const [word, ...others] = rest;
  const item = fieldsOf(spec).find(
    ({ choices, position }) => position === undefined && choices?.includes(word?.text.toLowerCase() ?? ''),
  );
  if (word === undefined || others.length > 0 || item === undefined || isGiven(own, item.option)) return undefined;
  const right = [newWord(`--${item.option}`), newWord(word.text.toLowerCase())];
  return { say: `It has \`--${item.option}\` before it.`, repair: instead(rest, right) };
}

/** `deploy shop 1.5.0 break glass db is down`: an option without its dashes, and with `--reason` behind it. */
function switchInstead({ spec, own, rest }: Extra): Meaning | undefined {
  const spelt = (words: readonly Word[]) => words.map(({ text }) => text.toLowerCase().replaceAll('-', '')).join('');
  const switches = fieldsOf(spec).filter(({ kind, option }) => kind === 'switch' && !isGiven(own, option));
  for (const taken of [2, 1]) {
    const said = spelt(rest.slice(0, taken));
    const found = switches.find(({ option }) => option.replaceAll('-', '') === said);
    const more = rest.slice(taken);
    if (!found || rest.length < taken || (more.length > 0 && !hasOption(spec, 'reason'))) continue;
    const reason =
      more.length === 0 || isGiven(own, 'reason') ? [] : [newWord('--reason'), newWord(reasonIn(more), true)];
    return {
      say: `It is an option: \`--${found.option}\`.`,
      repair: instead(rest, [newWord(`--${found.option}`), ...reason]),
    };
  }
  return undefined;
}

/** `deploy shop 1.5.0 dry-run`: an option of docker's that has another name here, without its dashes. */
function habitInstead({ spec, rest }: Extra): Meaning | undefined {
  const [word, ...others] = rest;
  const known = word && others.length === 0 ? habitOf(spec, word.text.toLowerCase()) : undefined;
  if (!known || known.takesValue || !isHabitAs(known.habit)) return undefined;
  const words = known.habit.as('', 0)?.map((text) => newWord(text));
  return words && { say: phrase`It is an option: \`${joinWords(words)}\`.`, repair: instead(rest, words) };
}

/** `events shop` */
function containerInstead({ spec, own, rest }: Extra): Meaning | undefined {
  const isOne = rest.length === 1 && CONTAINER_NAME.test(rest[0]?.text ?? '');
  if (!isOne || !hasOption(spec, 'container') || isGiven(own, 'container')) return undefined;
  return { say: 'A container has `--container` before it.', repair: instead(rest, [newWord('--container'), ...rest]) };
}

/** `logs shop connection refused`, `logs shop grep error` */
function patternInstead({ spec, own, rest }: Extra): Meaning | undefined {
  const [first] = rest;
  if (!hasOption(spec, 'grep') || isGiven(own, 'grep') || /^[\d.,]*$/u.test(first?.text ?? '')) return undefined;
  if (/^\d{1,2}:\d\d/u.test(first?.text ?? '')) return { say: 'A time is said as how long ago: `--since 2h`.' };
  const sought = rest.length > 1 && /^(?:grep|search|find|for)$/iu.test(first?.text ?? '') ? rest.slice(1) : rest;
  const pattern = newWord(sought.map(({ text }) => text).join(' '), sought.length > 1);
  const isName = rest.length === 1 && CONTAINER_NAME.test(pattern.text);
  return {
    say: isName
      ? phrase`One container at a time: if you mean another one, ${commandLine(`${spec.name} ${pattern.text}`)}. What to search for has \`--grep\` before it.`
      : 'One container at a time; what to search for has `--grep` before it.',
    repair: instead(rest, [newWord('--grep'), pattern]),
  };
}

/** `deploy shop 1.5.0 faster checkout` */
function reasonInstead({ spec, own, positional, index, rest }: Extra): Meaning | undefined {
  if (!fieldsOf(spec).some(({ key }) => key === 'reason') || isGiven(own, 'reason')) return undefined;
  if (isSecondVersion(own, positional, index)) return { say: 'Name one version.' };
  // `deploy shop because of errors`: what stands where a version could is none, and belongs to the reason.
  const from = index > 1 && !/\d|^latest$/u.test(positional[index - 1]?.text ?? '') ? index - 1 : index;
  const reason = from < index ? positional.slice(from) : rest;
  // `deploy shop web 1.5.0`: a version is not made part of a reason.
  if (from < index && reason.some(({ text }) => looksLikeVersion(text))) return undefined;
  const words = [newWord('--reason'), newWord(reasonIn(reason), true)];
  return { say: 'Put the reason in quotes, after `--reason`.', repair: instead(reason, words) };
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
