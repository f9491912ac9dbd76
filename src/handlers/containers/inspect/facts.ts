import type { Clean } from './clean.ts';

/** What a view says of a container or an image, one fact a line, in its order. */
export interface Fact {
  readonly name: string;
  /** Others' words; several are a list. */
  readonly values: readonly string[];
  /** Shown as code: what people copy. */
  readonly isCode?: true;
}

type Map = { readonly [key: string]: Clean };

/** A part of an inspection by its path; undefined where there is none. */
export function at(value: Clean | undefined, ...path: readonly string[]): Clean | undefined {
  let now = value;
  for (const key of path) now = isMap(now) && Object.hasOwn(now, key) ? now[key] : undefined;
  return now;
}

export function textAt(value: Clean | undefined, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: Clean | undefined, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
}

export function textsAt(value: Clean | undefined, ...path: readonly string[]): string[] {
  const found = at(value, ...path);
  return isList(found) ? found.filter((one): one is string => typeof one === 'string') : [];
}

export function mapsAt(value: Clean | undefined, ...path: readonly string[]): Map[] {
  const found = at(value, ...path);
  return isList(found) ? found.filter(isMap) : [];
}

export function entriesAt(value: Clean | undefined, ...path: readonly string[]): [string, Clean][] {
  const found = at(value, ...path);
  return isMap(found) ? Object.entries(found) : [];
}

/** A fact; none where it says nothing. */
export function fact(name: string, values: string | readonly string[], isCode?: true): Fact[] {
  const said = [values].flat().filter((one) => one !== '');
  return said.length === 0 ? [] : [{ name, values: said, ...(isCode ? { isCode } : {}) }];
}

/** The names of an environment: what stands before the `=` of each entry. */
export const namesOf = (env: readonly string[]): string[] => env.map((pair) => pair.split('=', 1)[0] ?? '');

const isList = (value: Clean | undefined): value is readonly Clean[] => Array.isArray(value);

function isMap(value: Clean | undefined): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
