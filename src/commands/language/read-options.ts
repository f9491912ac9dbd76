import { code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { phrase } from '../../domain/phrase.ts';
import { type CommandSpec, type Field, positionalsOf } from './define.ts';
import { habitOf, isHabitAs, type KnownHabit } from './habit.ts';
import { hostApart } from './host-apart.ts';
import type { SecretParts } from './mask.ts';
import { Mistake, word as newWord, type Repair } from './mistake.ts';
import { type Part, quotedRun } from './quote-run.ts';
import type { Word } from './words.ts';

export interface Values {
  readonly values: Map<string, string | true | string[]>;
  /** How each option was spelt, by its key: a mistake is named as it was typed. */
  readonly spelt: Map<string, string>;
  /** Where the last value of each option is, by its key. */
  readonly places: Map<string, Part>;
  readonly positional: Word[];
  /** Where in which word the value of a secret field begins. */
  readonly secrets: SecretParts;
}

/** What is being read: the command, its options, how many words it takes beside them, and the words that are left. */
interface Reading extends Values {
  readonly spec: CommandSpec;
  readonly fields: readonly Field[];
  readonly slots: number;
  readonly queue: Word[];
}

/** Sorts words into options and the rest. Throws a `Mistake` for an option that is none, or lacks its value. */
export function readOptions(
  spec: CommandSpec,
  fields: readonly Field[],
  words: readonly Word[],
  slots: number,
): Values {
  const reading: Reading = {
    spec,
    fields,
    slots,
    queue: [...words],
    values: new Map(),
    spelt: new Map(),
    places: new Map(),
    positional: [],
    secrets: new Map(),
  };
  const { queue, positional } = reading;
  let open = true;
  let before: Field | undefined;
  for (let word = queue.shift(); word; word = queue.shift()) {
    const { text } = word;
    if (open && positional.length === spec.verbatimAfter && !isOurs(word, spec)) open = false;
    const isPlain = !open || word.quoted || text === '-';
    if (!isPlain && text === '--') open = false;
    else if (!isPlain && text.startsWith('-')) {
      before = text.startsWith('--') ? readLong(reading, word) : readShort(reading, word);
      continue;
    } else if (!isPlain && spec.onHosts && /^@./u.test(text)) addHost(reading, text.slice(1));
    else {
      if (before && open) refuseUnquoted(reading, before, word);
      positional.push(word);
    }
    before = undefined;
  }
  return reading;
}

/** Whether a word where another program's may begin is still ours. */
export const isOurs = ({ text, quoted }: Word, spec: CommandSpec) =>
  !quoted && (text === '--' || (spec.onHosts && /^@./u.test(text)));

// What follows an unquoted text is the rest of it, except a version that may still come.
function refuseUnquoted({ places, positional, slots, queue }: Reading, item: Field, next: Word): void {
  const place = places.get(item.key);
  if (!item.isText || !place || place.word.quoted || positional.length === 0) return;
  const repair = quotedRun(place, [next, ...queue], positional.length < slots);
  if (repair) throw new Mistake(`Put the ${item.value === 'text' ? 'reason' : item.value} in quotes.`, repair);
}

function readLong(reading: Reading, word: Word): Field | undefined {
  const { fields, spec } = reading;
  const { text } = word;
  const equals = text.indexOf('=');
  const name = text.slice(2, equals < 0 ? undefined : equals).toLowerCase();
  const inline = equals < 0 ? undefined : { word, from: equals + 1 };
  const item = fields.find(({ option }) => option === name);
  if (item) return store(reading, item, `--${name}`, inline);
  const known = habitOf(spec, name);
  if (known) return follow(reading, known, `--${name}`, { word, without: [], inline });
  const options = fields.map(({ option }) => option);
  throw (
    withHost(spec, word) ??
    gluedValue(fields, word) ??
    positionalNamed(spec, word) ??
    unknownOption(`--${name}`, word, nearest(name, options))
  );
}

// `-at` is `-a -t`, `-n50` and `-n=50` are `-n 50`, as docker reads them; `-50` is `-n 50`, as `tail` does.
function readShort(reading: Reading, word: Word): Field | undefined {
  const { fields, spec } = reading;
  const { text } = word;
  const count = /^-\d{1,9}$/u.test(text) && fields.find(({ short }) => short === 'n');
  if (count) return store(reading, count, '-n', { word, from: 1 });
  let last: Field | undefined;
  for (let index = 1; index < text.length; index += 1) {
    const letter = text[index] as string;
    const isValue = text[index + 1] === '=';
    const from = index + (isValue ? 2 : 1);
    const rest = from < text.length ? { word, from } : undefined;
    const item = fields.find(({ short }) => short === letter);
    if (item) last = store(reading, item, `-${letter}`, item.kind !== 'switch' || isValue ? rest : undefined);
    if (item && (item.kind !== 'switch' || isValue)) return last;
    if (item) continue;
    const known = habitOf(spec, letter);
    if (!known) throw withHost(spec, word) ?? unknownLetter(fields, word, letter, index);
    const without = index > 1 ? [newWord(text.slice(0, index))] : [];
    const inline = known.takesValue || isValue ? rest : undefined;
    const left = inline || rest === undefined ? without : [newWord(`${text.slice(0, index)}${text.slice(from)}`)];
    follow(reading, known, `-${letter}`, { word, without: left, inline });
    if (known.takesValue || isValue) return undefined;
  }
  return last;
}

/** `-a@web-1` and `--all@web-1`. */
function withHost(spec: CommandSpec, word: Word): Mistake | undefined {
  const apart = word.text.includes('@') ? hostApart(spec, { word, from: 0 }) : undefined;
  return apart && new Mistake(apart.text, apart.repair);
}

/** `--service shop`: what stands alone here, as an option. */
function positionalNamed(spec: CommandSpec, word: Word): Mistake | undefined {
  const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/isu.exec(word.text) ?? [];
  const slot = positionalsOf(spec).find(
    ({ option, secret, isLine }) => !secret && !isLine && option === name.toLowerCase(),
  );
  if (slot === undefined) return undefined;
  const message = `There is no option ${code(`--${name}`)}: the ${slot.option} stands alone.`;
  return new Mistake(message, new Map([[word, value === undefined || value === '' ? [] : [newWord(value)]]]));
}

/** `--tail5`: a number without a space before it. */
function gluedValue(fields: readonly Field[], word: Word): Mistake | undefined {
  const [, name = '', value = ''] = /^--([a-z-]+?)[:-]?(\d.*)$/iu.exec(word.text) ?? [];
  const item = fields.find(({ option, kind }) => option === name.toLowerCase() && kind !== 'switch');
  if (item === undefined) return undefined;
  return new Mistake(
    `Put a space behind ${code(`--${item.option}`)}.`,
    new Map([[word, [newWord(`--${item.option}`), newWord(value)]]]),
  );
}

function unknownLetter(fields: readonly Field[], word: Word, letter: string, index: number): Mistake {
  const { text } = word;
  const name = text.slice(1).replace(/=.*$/su, '');
  const options = fields.map(({ option }) => option);
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  if (fields.some(({ short }) => short === other)) {
    const right = `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
    const message = `There is no option ${code(`-${letter}`)}. Did you mean ${code(`-${other}`)}?`;
    return new Mistake(message, new Map([[word, [newWord(right)]]]));
  }
  return unknownOption(`-${letter}`, word, name.length > 2 ? nearest(name, options) : undefined);
}

/** `near` is the name of an option there is. */
function unknownOption(typed: string, word: Word, near: string | undefined): Mistake {
  const message = `There is no option ${code(typed)}.`;
  if (near === undefined) return new Mistake(message);
  const right = word.text.replace(/^--?[^=]*/u, `--${near}`);
  return new Mistake(`${message} Did you mean \`--${near}\`?`, new Map([[word, [newWord(right)]]]));
}

/** An option of docker's, as it was typed. */
interface Typed {
  readonly word: Word;
  /** What is left of its word without it. */
  readonly without: readonly Word[];
  readonly inline: Part | undefined;
}

function follow(reading: Reading, { habit, takesValue }: KnownHabit, name: string, typed: Typed): undefined {
  const { queue, fields, positional, secrets } = reading;
  const own = typed.inline || !takesValue ? undefined : queue[0];
  if (own && !isValue(own)) throw new Mistake(`\`${name}\` needs a value.`);
  if (own) queue.shift();
  if (habit === 'ignored') return undefined;
  const part = typed.inline ?? (own && { word: own, from: 0 });
  const value = part?.word.text.slice(part.from) ?? '';
  const same = isHabitAs(habit) ? habit.as(value, positional.length) : undefined;
  if (same) {
    const item = fields.find(({ option, short }) => [`--${option}`, `-${short}`].includes(`${same[0]}`));
    if (item?.secret && part) secrets.set(part.word, part.from);
    queue.unshift(...same.map((text) => newWord(text)));
    return undefined;
  }
  const repair: Repair = new Map([[typed.word, typed.without], ...(own ? [[own, []] as const] : [])]);
  throw new Mistake(phrase`There is no option \`${name}\`. ${isHabitAs(habit) ? habit.say : habit}`, repair);
}

// No option is a digit: `-n -5` has a value, and hears that it is a wrong one.
const isValue = ({ text, quoted }: Word) => quoted || !/^-[^\d]/u.test(text);

function store(
  { values, spelt, places, secrets, queue }: Reading,
  item: Field,
  name: string,
  inline: Part | undefined,
): Field {
  spelt.set(item.key, name);
  if (item.kind === 'switch') {
    const word = inline?.word.text.slice(inline.from).toLowerCase();
    // `-h web` is docker's name for a container's host name; here it asks for help.
    if (word !== undefined && word !== 'true' && word !== 'false' && item.key !== 'help')
      throw new UserError('bad_input', `\`${name}\` takes no value.`);
    if (word !== 'false') values.set(item.key, true);
    return item;
  }
  const next = queue[0];
  const at = inline ?? (next && isValue(next) ? { word: next, from: 0 } : undefined);
  if (at === undefined) throw new Mistake(`\`${name}\` needs a value.`, undefined, item.key);
  if (!inline) queue.shift();
  places.set(item.key, at);
  if (item.secret) secrets.set(at.word, at.from);
  const value = at.word.text.slice(at.from);
  const before = values.get(item.key);
  if (item.kind === 'list') values.set(item.key, [...(Array.isArray(before) ? before : []), value]);
  else if (before !== undefined) throw new UserError('bad_input', `\`${name}\` is given twice.`);
  else values.set(item.key, value);
  return item;
}

function addHost({ values }: Reading, name: string): void {
  const before = values.get('on');
  values.set('on', typeof before === 'string' ? `${before},${name}` : name);
}
