import { z } from 'zod';
import { nearest } from '../../domain/nearest.ts';
import { field } from './define.ts';

export interface Filter<Key extends string = string> {
  readonly key: Key;
  readonly value: string;
}

/**
 * A repeatable `-f key=value` that knows its keys, as docker's does, and of some the only values there are: engines differ
 * in what they say of a wrong one, and some say nothing.
 */
export function filter<const Key extends string>(
  keys: readonly Key[],
  values: Readonly<Partial<Record<Key, readonly string[]>>>,
) {
  return z
    .array(
      z.string().transform((text, context): Filter<Key> => {
        const equals = text.indexOf('=');
        const key = keys.find((one) => one === text.slice(0, Math.max(0, equals)));
        const value = text.slice(equals + 1);
        const only = key && values[key];
        if (key !== undefined && value !== '' && value.length <= 255 && (only?.includes(value) ?? true))
          return { key, value };
        const message = only ? `with ${key} takes ${only.join(', ')}` : `is key=value with one of ${keys.join(', ')}`;
        const right = rightFilter(text, keys, values);
        context.addIssue({ code: 'custom', message, ...(right === undefined ? {} : { params: { right } }) });
        return z.NEVER;
      }),
    )
    .default([]);
}

/** `stauts=exited`, `status=stopped` and `dangling=yes` as they were meant; undefined when that is not known. */
function rightFilter<Key extends string>(
  text: string,
  keys: readonly Key[],
  values: Readonly<Partial<Record<Key, readonly string[]>>>,
): string | undefined {
  const [, typedKey = '', typedValue = ''] = /^([^=]+)=(.+)$/su.exec(text) ?? [];
  const key = keys.find((one) => one === typedKey) ?? nearest(typedKey, keys);
  const only = keys.find((one) => one === key);
  if (only === undefined) return undefined;
  const allowed = values[only];
  const value = typedValue.toLowerCase();
  if (allowed === undefined || allowed.includes(typedValue)) return `${only}=${typedValue}`;
  const same = Object.hasOwn(SAME_VALUE, value) ? SAME_VALUE[value] : undefined;
  const near = allowed.find((one) => one === same) ?? nearest(value, allowed);
  return near === undefined ? undefined : `${only}=${near}`;
}

/** What people say for docker's values. */
const SAME_VALUE: Readonly<Record<string, string>> = {
  yes: 'true',
  no: 'false',
  stopped: 'exited',
  down: 'exited',
  up: 'running',
};

/** Long lists are turned over by buttons; nobody needs to type it. */
export function page() {
  return field(
    z
      .string()
      .regex(/^[1-9]\d{0,4}$/u, 'is a page number')
      .default('1')
      .transform(Number),
    { description: 'Which page', value: 'number' },
  );
}

/** As they were typed, for what says that nothing matches. */
export function sayFilters(filters: readonly Filter[]): string {
  return filters.map(({ key, value }) => `${key}=${value}`).join(' ');
}

/** As the engine takes them: values of one key together. */
export function engineFilters(filters: readonly Filter[]): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const { key, value } of filters) out[key] = [...(out[key] ?? []), value];
  return out;
}
