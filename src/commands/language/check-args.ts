import type { z } from 'zod';
import { parseDuration } from '../../domain/duration.ts';
import { code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { tidied } from './correct.ts';
import type { CommandSpec, Field } from './define.ts';
import { hostApart } from './host-apart.ts';
import { issueText } from './issue-text.ts';
import { Mistake, word as newWord, type Repair } from './mistake.ts';
import { withoutBackticks } from './pasted.ts';
import type { Part } from './quote-run.ts';
import type { Values } from './read-options.ts';

/** The arguments of a command as its schema has them. Throws a `Mistake` about the first that it does not take. */
export function checkArgs(
  spec: CommandSpec,
  fields: readonly Field[],
  given: Record<string, unknown>,
  { spelt, places }: Pick<Values, 'spelt' | 'places'>,
): unknown {
  const result = parsed(spec, fields, given, places);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const item = fields.find((one) => one.key === issue?.path[0]);
  const place = item && places.get(item.key);
  const apart = place && hostApart(spec, place);
  if (apart) throw new Mistake(apart.text, apart.repair, item?.key);
  const repair = item && place && (named(issue, place) ?? rightValue(item, place));
  throw new Mistake(issueText(issue, item, given, spelt), repair, item?.key);
}

// What a reference of an image is wrong with is thrown as it is, without the field it was typed for.
function parsed(
  spec: CommandSpec,
  fields: readonly Field[],
  given: Record<string, unknown>,
  places: Values['places'],
): ReturnType<CommandSpec['args']['safeParse']> {
  try {
    return spec.args.safeParse(given, { jitless: true });
  } catch (error) {
    for (const { key, position } of error instanceof UserError ? fields : []) {
      const place = position === undefined ? undefined : places.get(key);
      const apart = place?.word.text.includes('@') ? hostApart(spec, place) : undefined;
      if (apart) throw new Mistake(apart.text, apart.repair, key);
      // `pull https://docker.io/library/nginx`, as a browser shows it.
      const address = /^https?:\/\/(?=.)/iu.exec(place?.word.text.slice(place.from) ?? '')?.[0];
      if (place && address && error instanceof UserError)
        throw new Mistake(error.phrase, withoutAddress(place, address), key);
    }
    throw error;
  }
}

const withoutAddress = ({ word, from }: Part, { length }: string): Repair =>
  new Map([[word, [newWord(word.text.slice(0, from) + word.text.slice(from + length), word.quoted)]]]);

/** What the schema itself knows a wrong value was meant as; nothing for one that is left out. */
function named(issue: z.core.$ZodIssue | undefined, { word, from }: Part): Repair | undefined {
  const right: unknown = issue?.code === 'custom' ? issue.params?.['right'] : undefined;
  if (typeof right !== 'string') return undefined;
  return new Map([[word, right === '' ? [] : [newWord(word.text.slice(0, from) + right)]]]);
}

/** A value that is nearly one there is, or was typed as a phone does. */
function rightValue(item: Field, { word, from }: Part): Repair | undefined {
  const value = word.text.slice(from);
  const names = value.split(',').filter((one) => one !== '');
  // `rm shop,worker`: several names, where several are taken.
  if (item.kind === 'list' && item.position !== undefined && from === 0 && names.length > 1)
    return new Map([[word, names.map((name) => newWord(name))]]);
  const near = (item.choices && nearest(value, item.choices)) ?? respelled(item, value).find((one) => one !== value);
  return near === undefined || near === value
    ? undefined
    : new Map([[word, [newWord(word.text.slice(0, from) + near, word.quoted)]]]);
}

/** Other spellings of a value, the likeliest first. One that is no better is corrected again, by the next. */
const respelled = (item: Field, value: string): readonly string[] => [
  tidied(value),
  ...(item.isDuration ? [durationFor(item, value)] : []),
  // `-t 1m` where docker takes seconds.
  ...(item.value === 'seconds' ? [secondsIn(value)] : []),
  // `--cpus =2`, and `` `shop` `` as it was pasted.
  value.replace(/^=+/u, ''),
  withoutBackticks(value),
  // `Status=Exited`: a phone begins a word with a capital.
  value.replace(/^[^=]+=/u, (key) => key.toLowerCase()),
  value.toLowerCase(),
  // `1,5`, as many languages write it.
  /^\d+(?:,\d+)+[a-z]*$/iu.test(value) ? value.replaceAll(',', '.') : value,
  // `shop:1.4.0` where only a name is taken.
  item.isDuration ? value : value.replace(/^([\w.-]+):[\w.-]*$/u, '$1'),
];

/** A number alone was meant in the unit of the example: it is shown before it is carried out. */
function durationFor({ value: example = '' }: Field, value: string): string {
  const unit = /^\d+([mhd])$/u.exec(example)?.[1] ?? 'm';
  return /^\d{1,4}$/u.test(value) ? `${value}${unit}` : value.replace(/^yesterday$/iu, '24h');
}

function secondsIn(value: string): string {
  const ms = parseDuration(value.toLowerCase());
  return ms === undefined ? value : `${Math.ceil(ms / 1000)}`;
}

/** The value of an option that is no field of a command. Throws a `UserError` when its schema does not take it. */
export function checkOption<T>(schema: z.ZodType<T>, text: string, name: string): T {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new UserError(
    'bad_input',
    `\`${name}\` ${result.error.issues[0]?.message ?? 'is not valid'}, not ${code(text)}.`,
    undefined,
    { field: name.replace('--', '') },
  );
}
