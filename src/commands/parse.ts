import type { z } from 'zod';
import { code, UserError } from '../errors.ts';
import { INVISIBLE } from '../text/invisible.ts';
import type { CommandSpec, Field } from './define.ts';
import { optionsOf, positionalsOf, typed, usageHint } from './define.ts';
import { issueText } from './issue-text.ts';
import { masked, maskedWhole, type SecretParts, unexpected } from './mask.ts';
import { nearest } from './nearest.ts';
import { Selector } from './selector.ts';
import { joinWords, splitWords, type Word } from './words.ts';

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

/** The umbrella command: `/dock images` is `/images`. */
export const UMBRELLA = 'dock';

/**
 * Parses `images -a --on web-1` (with or without a leading slash, the umbrella, or the configured prefix).
 *
 * Throws a `UserError` of one line that names the mistake, with the usage and the nearest right spelling as its hint.
 */
export function parseLine(line: string, specs: readonly CommandSpec[], prefix = ''): Parsed {
  const { spec, rest } = readName(line, specs, prefix);
  return parseWords(spec, rest, { specs, prefix });
}

/** What else a line may name: the other commands, and the prefix of slash commands. */
interface Language {
  readonly specs: readonly CommandSpec[];
  readonly prefix: string;
}

/** The command a line is of, whatever else the line says. Throws a `UserError` when there is none. */
export function commandOf(line: string, specs: readonly CommandSpec[], prefix = ''): CommandSpec {
  return readName(line, specs, prefix).spec;
}

function readName(
  line: string,
  specs: readonly CommandSpec[],
  prefix: string,
): { readonly spec: CommandSpec; readonly rest: readonly Word[] } {
  const words = splitWords(withoutSlash(line).trimEnd());
  const first = words[0];
  let name = first?.text.toLowerCase() ?? 'help';
  if (prefix !== '' && name.startsWith(prefix)) name = name.slice(prefix.length);
  let rest = words.slice(1);
  if (name === UMBRELLA) {
    name = rest[0]?.text.toLowerCase() ?? 'help';
    rest = rest.slice(1);
  }
  const spec = specs.find((item) => item.name === name);
  if (!spec) throw unknownCommand(name, specs);
  return { spec, rest };
}

/** A line without the slash of its command, and without what nobody sees before it. */
function withoutSlash(line: string): string {
  let at = 0;
  while (at < line.length && line.charAt(at).replace(INVISIBLE, '').trim() === '') at += 1;
  return line.slice(line.charAt(at) === '/' ? at + 1 : at);
}

function unknownCommand(name: string, specs: readonly CommandSpec[]): UserError {
  const near = nearest(
    name,
    specs.map((spec) => spec.name),
  );
  const tip = near === undefined ? `\`/${UMBRELLA} help\` lists the commands.` : `Did you mean ${code(near)}?`;
  return new UserError('unknown_command', `There is no command ${code(name)}. ${tip}`);
}

function parseWords(spec: CommandSpec, words: readonly Word[], language: Language): Parsed {
  try {
    return readWords(spec, words, language);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const usage = `Usage: \`${typed(spec, language.prefix)} ${usageHint(spec)}\``;
    throw new UserError(error.reason, error.message, usage, { field: error.field });
  }
}

interface Values {
  readonly values: Map<string, string | true | string[]>;
  /** How each option was spelt, by its key: a mistake is named as it was typed. */
  readonly spelt: Map<string, string>;
  readonly positional: Word[];
  /** Where in which word the value of a secret field begins. */
  readonly secrets: SecretParts;
}

function readWords(spec: CommandSpec, words: readonly Word[], language: Language): Parsed {
  const fields = optionsOf(spec);
  const own = rewritten(spec, words);
  const { values, spelt, positional, secrets } = readOptions(spec, fields, own);
  const help = values.get('help') === true;
  const share = values.get('share') === true;
  const onText = values.get('on');
  const on = typeof onText === 'string' ? check(Selector, onText, '--on') : undefined;
  for (const key of ['help', 'share', 'on']) values.delete(key);

  const given: Record<string, unknown> = Object.fromEntries(values);
  const slots = positionalsOf(spec);
  const last = slots.at(-1);
  for (const [index, word] of positional.entries()) {
    const { text } = word;
    const slot = slots[index] ?? (last?.kind === 'list' ? last : undefined);
    if (!slot) throw unexpected(text, secrets);
    if (slot.secret) secrets.set(word, 0);
    if (slot.kind === 'list') given[slot.key] = [...((given[slot.key] as string[] | undefined) ?? []), text];
    else given[slot.key] = text;
  }
  const line = joinWords([spec.name, ...own]);
  const inner = slots.find(({ isLine }) => isLine);
  const shownLine = inner
    ? joinWords([spec.name, '--']).concat(' ', shownInside(positional, language))
    : joinWords([spec.name, ...masked(own, secrets)]);
  if (help) return { spec, args: undefined, on, share, help, line, shownLine };
  const missing = slots.find((slot) => slot.required && given[slot.key] === undefined);
  if (missing)
    throw new UserError(
      'bad_input',
      `\`${typed(spec, language.prefix)}\` needs ${missing.choices ? `one of ${missing.choices.join(', ')}` : withArticle(missing.value ?? missing.key)}.`,
    );
  return { spec, args: checkArgs(spec, fields.concat(slots), given, spelt), on, share, help, line, shownLine };
}

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

type Options = Omit<Values, 'positional'>;

function readOptions(spec: CommandSpec, fields: readonly Field[], words: readonly Word[]): Values {
  const values: Values['values'] = new Map();
  const spelt: Values['spelt'] = new Map();
  const secrets: SecretParts = new Map();
  const positional: Word[] = [];
  const into = { values, spelt, secrets };
  const queue = [...words];
  let open = true;
  for (let word = queue.shift(); word; word = queue.shift()) {
    const { text } = word;
    if (!open || word.quoted || text === '-') positional.push(word);
    else if (text === '--') open = false;
    else if (text.startsWith('--')) readLong(fields, into, word, queue);
    else if (text.startsWith('-')) readShort(fields, into, word, queue);
    else if (spec.onHosts && /^@./u.test(text)) addHost(values, text.slice(1));
    else positional.push(word);
  }
  return { ...into, positional };
}

function readLong(fields: readonly Field[], into: Options, word: Word, queue: Word[]): void {
  const { text } = word;
  const equals = text.indexOf('=');
  const name = text.slice(2, equals < 0 ? undefined : equals).toLowerCase();
  const item = fields.find((one) => one.option === name);
  if (!item) {
    const near = nearest(
      name,
      fields.map((one) => one.option),
    );
    throw new UserError(
      'bad_input',
      `There is no option ${code(`--${name}`)}.${near === undefined ? '' : ` Did you mean \`--${near}\`?`}`,
    );
  }
  store(into, item, `--${item.option}`, equals < 0 ? undefined : { word, from: equals + 1 }, queue);
}

// `-at` is `-a -t`, `-n50` and `-n=50` are `-n 50`, as docker reads them.
function readShort(fields: readonly Field[], into: Options, word: Word, queue: Word[]): void {
  const { text } = word;
  for (let index = 1; index < text.length; index += 1) {
    const name = `-${text[index]}`;
    const item = fields.find((one) => one.short === text[index]);
    if (!item)
      throw new UserError(
        'bad_input',
        `There is no option ${code(name)}.${text.length > 2 ? ` Did you mean ${code(`-${text.replace(/=.*$/su, '')}`)}?` : ''}`,
      );
    if (item.kind !== 'switch') {
      const from = index + (text[index + 1] === '=' ? 2 : 1);
      store(into, item, name, from < text.length ? { word, from } : undefined, queue);
      return;
    }
    store(into, item, name, undefined, queue);
  }
}

/** A value in the same word as its option. */
interface Inline {
  readonly word: Word;
  readonly from: number;
}

function store(
  { values, spelt, secrets }: Options,
  item: Field,
  name: string,
  inline: Inline | undefined,
  queue: Word[],
): void {
  spelt.set(item.key, name);
  if (item.kind === 'switch') {
    if (inline !== undefined) throw new UserError('bad_input', `\`${name}\` takes no value.`);
    values.set(item.key, true);
    return;
  }
  const next = queue[0];
  // No option is a digit: `-n -5` has a value, and hears that it is a wrong one.
  const isNext = next !== undefined && (next.quoted || !/^-[^\d]/u.test(next.text));
  const at = inline ?? (isNext ? { word: next, from: 0 } : undefined);
  if (at === undefined) throw new UserError('bad_input', `\`${name}\` needs a value.`, undefined, { field: item.key });
  if (!inline) queue.shift();
  if (item.secret) secrets.set(at.word, at.from);
  const value = at.word.text.slice(at.from);
  const before = values.get(item.key);
  if (item.kind === 'list') values.set(item.key, [...(Array.isArray(before) ? before : []), value]);
  else if (before !== undefined) throw new UserError('bad_input', `\`${name}\` is given twice.`);
  else values.set(item.key, value);
}

function addHost(values: Values['values'], name: string): void {
  const before = values.get('on');
  values.set('on', typeof before === 'string' ? `${before},${name}` : name);
}

function checkArgs(
  spec: CommandSpec,
  fields: readonly Field[],
  given: Record<string, unknown>,
  spelt: Values['spelt'],
): unknown {
  const result = spec.args.safeParse(given);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const item = fields.find((one) => one.key === issue?.path[0]);
  throw new UserError('bad_input', issueText(issue, item, given, spelt), undefined, { field: item?.key });
}

function check<T>(schema: z.ZodType<T>, text: string, name: string): T {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new UserError(
    'bad_input',
    `\`${name}\` ${result.error.issues[0]?.message ?? 'is not valid'}, not ${code(text)}.`,
    undefined,
    { field: name.replace('--', '') },
  );
}
