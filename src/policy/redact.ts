import { createMask } from './secrets/known.ts';
import { kindOf, mayBeSecret } from './secrets/names.ts';
import { maskByRules } from './secrets/rules.ts';
import { isRandomSecret, isSecret } from './secrets/values.ts';

/** Masks secrets in text: best effort by rules, exactly for known values. Redacting twice changes nothing. */
export type Redact = (text: string) => string;

/** `known`: exact secret values, such as registry passwords, tokens and a container's secret variables. */
export function createRedactor(known: Iterable<string>): Redact {
  const values = [...known];
  // Made for the first text: not every redactor is given one.
  let mask: Redact | undefined;
  return (text) => {
    mask ??= createMask(values);
    return maskByRules(mask(text));
  };
}

/** The same with secrets masked in every text of plain data, such as the arguments of a line. */
export function redactTexts<T>(data: T, redact: Redact): T {
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  return visit(data) as T;
}

const ofEnvironments = new WeakMap<readonly string[], Redact>();

/** Masks the secret values of a container's environment; made once for each environment that an engine gave. */
export function redactorOf(env: readonly string[]): Redact {
  const redact = ofEnvironments.get(env) ?? createRedactor(secretValues(env));
  ofEnvironments.set(env, redact);
  return redact;
}

/** Characters of a value, and of all values together, up to which its shape is looked at; a name says the same of any. */
const MOST_SHAPE = 16 * 1024;
const MOST_SHAPES = 64 * 1024;
/** Variables that are looked at closely; a program has some dozens. Of further ones, the name alone says which are secret. */
const MOST_VARIABLES = 2000;

/** Secret values of a container's environment, by variable name or by shape. */
export function secretValues(env: readonly string[]): string[] {
  const pairs = env
    .filter((pair) => pair.includes('='))
    .map((pair) => ({ name: pair.slice(0, pair.indexOf('=')), value: pair.slice(pair.indexOf('=') + 1) }));
  const looked = pairs.slice(0, MOST_VARIABLES).map((pair) => ({ ...pair, kind: kindOf(pair.name) }));
  // A value that a non-secret variable also has, such as a user or database name, is not secret: any line may hold it.
  const open = new Set(looked.filter(({ kind }) => kind === undefined).map(({ value }) => value));
  let room = MOST_SHAPES;
  const secret = looked.flatMap(({ kind, value }) => {
    const password = passwordIn(value.slice(0, MOST_SHAPE));
    if (password !== undefined) return password;
    if (kind === 'password' || kind === 'token') return isSecret(value, kind, false) && !open.has(value) ? [value] : [];
    room -= value.length;
    if (value.length > MOST_SHAPE || room < 0) return [];
    const isKnown = isSecret(value, 'random', false) && kind !== undefined;
    return isKnown || isRandomSecret(value) || maskByRules(value) === '***' ? [value] : [];
  });
  const further = pairs.slice(MOST_VARIABLES).filter(({ name, value }) => mayBeSecret(name) && !open.has(value));
  return [...secret, ...further.map(({ value }) => value)];
}

/** The password in a URL, as written and percent-decoded; the rest of the URL may be shown. */
function passwordIn(value: string): string[] | undefined {
  const password = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^:/@\s]{0,200}:(\S{1,500})@[^@\s]{1,1000}$/iu.exec(value)?.[1];
  if (password === undefined) return undefined;
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
