import type { z } from 'zod';
import { nearest } from '../domain/nearest.ts';
import { wrongType } from './wrong-type.ts';

type Keys = readonly PropertyKey[];

/** Of a JSON Schema, as far as it says which options there are. */
export interface OptionSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly additionalProperties?: OptionSchema | boolean;
  readonly items?: OptionSchema | boolean;
  readonly anyOf?: readonly OptionSchema[];
  readonly allOf?: readonly OptionSchema[];
}

/** One line about one place in the file. */
export interface Problem {
  readonly path: Keys;
  readonly text: string;
  /** The option that was meant by a misspelt one: that it is missing need not be said as well. */
  readonly meant?: Keys;
}

/** What the file is held against, and what is in it. */
export interface Against {
  /** Made only when something is misspelt. */
  readonly schema: () => OptionSchema;
  readonly value: unknown;
}

/**
 * What is wrong, one problem for each misspelt option. For a bad key of a record zod says only "Invalid key in record", and
 * for a union only "Invalid input": the reason is below.
 */
export function problemsOf(issue: z.core.$ZodIssue, against: Against, above: Keys = []): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownOption(key, path, against));
  if (issue.code === 'invalid_key') return [{ path, text: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === 'invalid_value')
    return [{ path, text: nearestValue(issue.values, path, against) ?? issue.message }];
  // Others have words of their own.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input: expected'))
    return [{ path, text: wrongType(issue.expected, valueAt(path, against)) }];
  if (issue.code !== 'invalid_union') return [{ path, text: issue.message }];
  const below = issue.errors.flat().flatMap((one) => problemsOf(one, against, path));
  const [deepest] = below.toSorted((one, other) => other.path.length - one.path.length);
  // A mistake within one of the forms says which form was meant.
  if (deepest && deepest.path.length > path.length) return [deepest];
  return [{ path, text: below.map(({ text }) => text).join(', or ') || issue.message }];
}

/** ` Did you mean …?` for a word that is none of those there are; empty when none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  return meaning(nearest(word, known));
}

const meaning = (near: string | undefined) => (near === undefined ? '' : `; did you mean "${near}"?`);

/** So many options are named where none is spelt like it. */
const FEW = 8;

function unknownOption(key: string, path: Keys, { schema }: Against): Problem {
  const here = optionsAt([schema()], path);
  const inside = [...here].find(([, options]) => optionsOf(options).has(key))?.[0];
  const longer = [...here.keys()].filter((option) => key.length > 2 && option.startsWith(key.toLowerCase()));
  const near = nearest(key, here.keys()) ?? (longer.length === 1 ? longer[0] : undefined);
  const few = here.size <= FEW ? `; there are: ${[...here.keys()].join(', ')}` : '';
  const instead = inside === undefined ? meaning(near) || few : `; it belongs under "${inside}"`;
  const problem = { path: [...path, key], text: `there is no option "${key}" here${instead}` };
  return near === undefined ? problem : { ...problem, meant: [...path, near] };
}

/** Without those that only say that what was misspelt is missing. */
export function withoutEchoes(problems: readonly Problem[]): Problem[] {
  const meant = new Set(problems.flatMap((problem) => (problem.meant ? [problem.meant.join('\0')] : [])));
  return problems.filter(({ path }) => !meant.has(path.join('\0')));
}

const valueAt = (path: Keys, { value }: Against) =>
  path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

/** What was meant by a misspelt value; undefined where none is near, and all of them are named instead. */
function nearestValue(values: readonly unknown[], path: Keys, against: Against): string | undefined {
  const found = valueAt(path, against);
  if (typeof found !== 'string') return undefined;
  const near = nearest(
    found,
    values.filter((one) => typeof one === 'string'),
  );
  return near === undefined ? undefined : `there is no "${found}" here${meaning(near)}`;
}

/** The options at a place, by name, each with the forms it may have. */
function optionsAt(forms: readonly OptionSchema[], [key, ...rest]: Keys): Map<string, OptionSchema[]> {
  if (key === undefined) return optionsOf(forms);
  const next =
    typeof key === 'number'
      ? flat(forms).map(({ items }) => items)
      : flat(forms).map(({ properties, additionalProperties }) => properties?.[String(key)] ?? additionalProperties);
  return optionsAt(
    next.filter((form) => typeof form === 'object'),
    rest,
  );
}

function optionsOf(forms: readonly OptionSchema[]): Map<string, OptionSchema[]> {
  const options = new Map<string, OptionSchema[]>();
  for (const { properties = {} } of flat(forms))
    for (const [name, option] of Object.entries(properties)) options.set(name, [...(options.get(name) ?? []), option]);
  return options;
}

function flat(forms: readonly OptionSchema[]): OptionSchema[] {
  return forms.flatMap((form) => [form, ...flat(form.anyOf ?? []), ...flat(form.allOf ?? [])]);
}
