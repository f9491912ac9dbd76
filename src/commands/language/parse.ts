import { code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { commandLine, phrase, UMBRELLA } from '../../domain/phrase.ts';
import { Selector } from '../../domain/selector.ts';
import { INVISIBLE } from '../../text/invisible.ts';
import { checkArgs, checkOption } from './check-args.ts';
import { closedAt, correctedWords, isCopyable, tidied, withoutPunctuation } from './correct.ts';
import type { CommandSpec, Field } from './define.ts';
import { optionsOf, positionalsOf, typed, usageHint } from './define.ts';
import { meantOf } from './docker-names.ts';
import { masked, maskedWhole } from './mask.ts';
import { misplacedValue } from './misplaced-value.ts';
import { instead, Mistake, word as newWord } from './mistake.ts';
import { withoutPaste } from './pasted.ts';
import { readOptions } from './read-options.ts';
import { shellMistake } from './shell.ts';
import { respelt } from './spelling.ts';
import { unexpected } from './unexpected.ts';
import { joinWords, splitWords, UnclosedQuote, type Word } from './words.ts';

/** A command line, validated. What it asks for is settled; whether it is allowed is not. */
export interface Parsed<Args = unknown> {
  readonly spec: CommandSpec<Args>;
  readonly args: Args;
  readonly on: Selector | undefined;
  readonly share: boolean;
  readonly help: boolean;
  /** The line in canonical spelling; parsing it again gives the same. */
  readonly line: string;
  /** The same without its secret values: for the audit log, and for everything that is shown. */
  readonly shownLine: string;
}

/** Whether a line was parsed as this command: then its arguments are those of this command. */
export function isOf<Args>(parsed: Parsed, spec: CommandSpec<Args>): parsed is Parsed<Args> {
  return parsed.spec === spec;
}

/**
 * Parses `images -a --on web-1` (with or without a leading slash, the umbrella, or the configured prefix).
 *
 * Throws a `UserError` of one line that names the mistake, with the usage and the nearest right spelling as its hint.
 */
export function parseLine(line: string, specs: readonly CommandSpec[], prefix = ''): Parsed {
  const words = split(line, { specs, prefix });
  try {
    return parseTyped(words, { specs, prefix });
  } catch (error) {
    const shorter = withoutPunctuation(words);
    if (shorter === undefined || !(error instanceof UserError)) throw error;
    try {
      return parseTyped(shorter, { specs, prefix });
    } catch {
      throw error;
    }
  }
}

/** The words of a line; a quote that is never closed is said with the line that has it closed. */
function split(line: string, language: Language): Word[] {
  const text = withoutSlash(line).trimEnd();
  try {
    return splitWords(text);
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    const right = `/${joinWords(splitWords(closedAt(text, error.open)))}`;
    throw new UserError(error.reason, error.phrase, tryLine(right, language));
  }
}

function parseTyped(words: readonly Word[], language: Language): Parsed {
  const { spec, rest } = readName(words, language);
  return parseWords(spec, rest, language);
}

/** What else a line may name: the other commands, and the prefix of slash commands. */
interface Language {
  readonly specs: readonly CommandSpec[];
  readonly prefix: string;
  /** A line of ours that is tried: when it does not parse, nobody is told how it would. */
  readonly isGuess?: true;
}

/** The command a line is of, whatever else the line says. Throws a `UserError` when there is none. */
export function commandOf(line: string, specs: readonly CommandSpec[], prefix = ''): CommandSpec {
  return readName(splitWords(withoutSlash(line).trimEnd()), { specs, prefix }).spec;
}

/** The command, by its own name or by docker's for it, and the words behind it. */
function readName(
  words: readonly Word[],
  { specs, prefix }: Language,
): { readonly spec: CommandSpec; readonly rest: readonly Word[] } {
  let left = words;
  const nameOf = (word: Word | undefined) => tidied(word?.text.toLowerCase() ?? 'help');
  const takeName = () => {
    const [word, ...others] = left;
    const name = withoutPrefix(nameOf(word), others, { specs, prefix });
    // `ps; images` are two lines, and the second is not a name to look for.
    left = word?.text.endsWith(';') && others.length > 0 ? [newWord(';'), ...others] : others;
    return name;
  };
  let name = takeName();
  if (name === UMBRELLA) {
    left = withoutPaste(left);
    name = takeName();
  }
  const meant = meantOf([name, ...left.map(({ text }) => text)]);
  if (meant?.kind === 'not-here') throw new UserError('unknown_command', meant.say);
  const own = meant?.words ?? [name];
  const spec = specs.find((item) => item.name === own[0]);
  const rest = [...own.slice(1).map((text) => newWord(text)), ...left.slice((meant?.taken ?? 1) - 1)];
  if (!spec) throw unknownCommand(name, rest, { specs, prefix });
  return { spec, rest };
}

/** The name of a command that may have been typed with the prefix. A name that exists is one as it is: buttons have no prefix. */
function withoutPrefix(name: string, rest: readonly Word[], { specs, prefix }: Language): string {
  const isName = name === UMBRELLA || specs.some((spec) => spec.name === name);
  if (isName || !name.startsWith(prefix)) return name;
  const meant = meantOf([name, ...rest.map(({ text }) => text)]);
  // `import` with the prefix `im` is ours, not docker's, which is not here.
  const isOurs =
    meant === undefined || (meant.kind === 'not-here' && specs.some((spec) => `${prefix}${spec.name}` === name));
  return isOurs ? name.slice(prefix.length) : name;
}

/** A line without the slash of its command, and without what nobody sees before it. */
function withoutSlash(line: string): string {
  let at = 0;
  while (at < line.length && line.charAt(at).replace(INVISIBLE, '').trim() === '') at += 1;
  return line.slice(line.charAt(at) === '/' ? at + 1 : at);
}

/** With fewer letters, many names begin so by chance. */
const MOST_CHANCE = 3;

function unknownCommand(name: string, rest: readonly Word[], language: Language): UserError {
  const { specs, prefix } = language;
  const names = specs.map((spec) => spec.name);
  const begun = name.length < MOST_CHANCE ? [] : names.filter((one) => one.startsWith(name));
  // `who` is the beginning of `whoami`, and one letter away from `why`.
  const near = begun.length === 1 ? begun[0] : nearest(name, names);
  const message = `There is no command ${code(name)}.`;
  const spec = specs.find((item) => item.name === near);
  if (!spec) return new UserError('unknown_command', phrase`${message} ${commandLine('help')} lists the commands.`);
  const tip = tryLine(typedLine(spec, rest, prefix), language);
  return new UserError('unknown_command', `${message} Did you mean ${code(spec.name)}?`, tip);
}

const typedLine = (spec: CommandSpec, words: readonly Word[], prefix: string) =>
  `${typed(spec, prefix)} ${joinWords(words)}`.trimEnd();

/** "Try" and a line to copy; undefined where it would not be taken, would be shown otherwise, or has a secret in it. */
function tryLine(line: string, language: Language): string | undefined {
  if (language.isGuess) return undefined;
  try {
    const parsed = parseTyped(splitWords(withoutSlash(line)), { ...language, isGuess: true });
    return isCopyable(line) && parsed.line === parsed.shownLine ? `Try \`${line}\`` : undefined;
  } catch {
    return undefined;
  }
}

function parseWords(spec: CommandSpec, words: readonly Word[], language: Language): Parsed {
  const fields = optionsOf(spec);
  const own = rewritten(spec, respelt(askForHelp(words), spec, fields));
  const read = (some: readonly Word[]) => readWords(spec, fields, some, language);
  try {
    return read(own);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const usage = `Usage: \`${`${typed(spec, language.prefix)} ${usageHint(spec)}`.trimEnd()}\``;
    const right = language.isGuess ? undefined : correctedWords(own, error, read);
    const tip = right && tryLine(typedLine(spec, right, language.prefix), language);
    throw new UserError(error.reason, error.phrase, tip ?? usage, { field: error.field });
  }
}

/** `/logs help` and `/logs ?` ask for help as `/logs --help` does; a container of that name is said in quotes. */
function askForHelp(words: readonly Word[]): readonly Word[] {
  const [word] = words;
  return words.length === 1 && word && !word.quoted && /^(?:-{0,2}help|-h|\?)[.,!?]*$/iu.test(word.text)
    ? [newWord('--help')]
    : words;
}

/** `run docker run nginx`: docker's own line behind a command, of which `docker` would be an image. */
function pastedBehind({ name }: CommandSpec, [first, second]: readonly Word[]): Mistake | undefined {
  if (!first || !second || first.quoted || second.quoted) return undefined;
  const isPasted = first.text.toLowerCase() === 'docker' && second.text.toLowerCase() === name;
  return isPasted ? new Mistake('The command is there twice.', instead([first, second], [])) : undefined;
}

function readWords(spec: CommandSpec, fields: readonly Field[], own: readonly Word[], language: Language): Parsed {
  const pasted = pastedBehind(spec, own);
  if (pasted) throw pasted;
  const slots = positionalsOf(spec);
  const last = slots.at(-1);
  // An option in the place of a shell's tool would be a word of the program that the line runs.
  const takes = spec.verbatimAfter === undefined ? { options: fields, slots } : { options: [], slots: [] };
  const shell = slots.some(({ isLine }) => isLine)
    ? undefined
    : shellMistake(own, { ...takes, names: namesOf(language) });
  if (shell) throw shell;
  const most = last?.kind === 'list' ? Number.POSITIVE_INFINITY : slots.length;
  const { values, spelt, places, positional, secrets } = readOptions(spec, fields, own, most);
  const help = values.get('help') === true;
  const share = values.get('share') === true;
  const onText = values.get('on');
  const on = typeof onText === 'string' ? checkOption(Selector, onText, '--on') : undefined;
  for (const key of ['help', 'share', 'on']) values.delete(key);

  if (help) {
    const line = `${spec.name} --help`;
    return { spec, args: undefined, on, share, help, line, shownLine: line };
  }
  const variable = misplacedValue(spec, positional);
  if (variable) throw variable;
  const given: Record<string, unknown> = Object.fromEntries(values);
  for (const [index, word] of positional.entries()) {
    const { text } = word;
    const slot = slots[index] ?? (last?.kind === 'list' ? last : undefined);
    if (!slot) throw unexpected(spec, { own, positional, index, secrets });
    if (slot.secret) secrets.set(word, 0);
    places.set(slot.key, { word, from: 0 });
    if (slot.kind === 'list') given[slot.key] = [...((given[slot.key] as string[] | undefined) ?? []), text];
    else given[slot.key] = text;
  }
  const line = joinWords([spec.name, ...own]);
  const inner = slots.find(({ isLine }) => isLine);
  const shownLine = inner
    ? joinWords([spec.name, '--']).concat(' ', shownInside(positional, language))
    : joinWords([spec.name, ...masked(own, secrets)]);
  const missing = slots.find((slot) => slot.required && given[slot.key] === undefined);
  if (missing)
    throw new Mistake(
      phrase`\`${typed(spec, language.prefix)}\` needs ${missing.choices ? `one of ${missing.choices.join(', ')}` : withArticle(missing.value ?? missing.key)}.${missing.listedBy === undefined ? '' : phrase` ${commandLine(missing.listedBy)} lists them.`}`,
      // For what docker calls images only, so that `-a` means what it does there.
      missing.choices && own[0] ? new Map([[own[0], [newWord(missing.choices[0] ?? ''), own[0]]]]) : undefined,
    );
  const args = checkArgs(spec, fields.concat(slots), given, { spelt, places });
  return { spec, args, on, share, help, line, shownLine };
}

const namesOf = ({ specs }: Language) => new Set(['docker', UMBRELLA, ...specs.map(({ name }) => name)]);

function withArticle(noun: string): string {
  return `${/^[aeiou]/u.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** A command line within another without its secret values; of one that does not parse, only the command's name. */
function shownInside(words: readonly Word[], { specs, prefix }: Language): string {
  // Parsed just as it would be when carried out.
  const line = joinWords(words.map(({ text }) => text));
  const others = specs.filter((spec) => !positionalsOf(spec).some(({ isLine }) => isLine));
  try {
    return parseLine(line, others, prefix).shownLine;
  } catch {
    return maskedWhole(line);
  }
}

function rewritten(spec: CommandSpec, words: readonly Word[]): readonly Word[] {
  if (!spec.rewrite) return words;
  // Each word once, in its order: of `--grep "-f" -f` only the first was quoted.
  const left = [...words];
  return spec.rewrite(words.map((word) => word.text)).map((text) => {
    const index = left.findIndex((word) => word.text === text);
    return left.splice(index, index < 0 ? 0 : 1)[0] ?? { text, at: 0, quoted: false };
  });
}
