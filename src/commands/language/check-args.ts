import type { z } from 'zod';
import { code, UserError } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { tidied } from './correct.ts';
import type { CommandSpec, Field } from './define.ts';
import { hostApart } from './host-apart.ts';
import { issueText } from './issue-text.ts';
import { Mistake, word as newWord, type Repair } from './mistake.ts';
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
  throw new Mistake(issueText(issue, item, given, spelt), item && place && rightValue(item, place), item?.key);
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
    }
    throw error;
  }
}

/** A value that is nearly one there is, or was typed as a phone does. */
function rightValue(item: Field, { word, from }: Part): Repair | undefined {
  const value = word.text.slice(from);
  const near = (item.choices && nearest(value, item.choices)) ?? respelled(value).find((one) => one !== value);
  return near === undefined || near === value
    ? undefined
    : new Map([[word, [newWord(word.text.slice(0, from) + near, word.quoted)]]]);
}

/** Other spellings of a value, the likeliest first. One that is no better is corrected again, by the next. */
const respelled = (value: string): readonly string[] => [
  tidied(value),
  // `Status=Exited`: a phone begins a word with a capital.
  value.replace(/^[^=]+=/u, (key) => key.toLowerCase()),
  value.toLowerCase(),
  // `1,5`, as many languages write it.
  value.replaceAll(',', '.'),
  // `shop:1.4.0` where only a name is taken.
  value.replace(/^([\w.-]+):[\w.-]*$/u, '$1'),
];

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
