/** What Slack would refuse: a reason code, Slack's own sentence, and where. */
export interface BlockProblem {
  readonly code: string;
  readonly message: string;
  readonly pointer: string;
}

export type Json = Readonly<Record<string, unknown>>;
export type Surface = 'message' | 'modal' | 'home';
export interface Context {
  readonly surface: Surface;
  readonly seen: Map<string, Set<string>>;
  readonly used: { tables: number; cells: number; markdown: number; charts: number };
  report(code: string, sentence: string, pointer: string): void;
}
export type Check = (value: unknown, at: string, context: Context) => void;
export type Fields = Readonly<Record<string, Check>>;

export const string =
  (most: number, least = 1): Check =>
  (value, at, { report }) => {
    if (typeof value !== 'string') report('wrong_type', 'must be a string', at);
    else if (value.length < least) report('too_short', `must be more than ${least - 1} characters`, at);
    else if (!value.isWellFormed()) report('ill_formed', 'must be whole characters', at);
    else if (value.length > most) report('too_long', `must be less than ${most + 1} characters`, at);
  };
export const bool: Check = (value, at, { report }) => {
  if (typeof value !== 'boolean') report('wrong_type', 'must be a boolean', at);
};
export const number =
  (least: number, most: number): Check =>
  (value, at, { report }) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) report('wrong_type', 'must be a number', at);
    else if (value < least || value > most) report('out_of_range', `must be between ${least} and ${most}`, at);
  };
export const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value, at, { report }) => {
    if (!allowed.includes(value)) report('not_allowed', `must be one of ${allowed.join(', ')}`, at);
  };
export const list =
  (most: number, item: Check, least = 1): Check =>
  (value, at, context) => {
    if (!Array.isArray(value)) return context.report('wrong_type', 'must be an array', at);
    if (value.length < least) context.report('too_few', `no less than ${least} items allowed`, at);
    if (value.length > most) context.report('too_many', `no more than ${most} items allowed`, at);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, context);
  };
export const unique =
  (kind: string): Check =>
  (value, at, context) => {
    string(255)(value, at, context);
    const seen = context.seen.get(kind) ?? new Set();
    context.seen.set(kind, seen);
    if (seen.has(String(value))) context.report('not_unique', `${kind} must be unique: ${value}`, at);
    seen.add(String(value));
  };

/** Exactly these fields: a name that ends in `!` has to be there. Slack refuses what it does not know. */
export function object(fields: Fields): Check {
  const known = new Map(Object.entries(fields).map(([name, check]) => [name.replace('!', ''), check]));
  const required = Object.keys(fields).flatMap((name) => (name.endsWith('!') ? [name.slice(0, -1)] : []));
  return (value, at, context) => {
    if (!isObject(value)) return context.report('wrong_type', 'must be an object', at);
    for (const name of required)
      if (value[name] === undefined) context.report('missing', `missing required field: ${name}`, at);
    for (const [name, item] of Object.entries(value)) {
      const check = known.get(name);
      if (!check) context.report('unknown_field', `invalid additional property: ${name}`, at);
      else if (item !== undefined) check(item, `${at}/${name}`, context);
    }
  };
}

/** By `type`; every kind may say its type. */
export function kinds(byType: Readonly<Record<string, Check | Fields>>): Check {
  const checks = new Map(
    Object.entries(byType).map(([type, found]) => [
      type,
      typeof found === 'function' ? found : object({ 'type!': oneOf(type), ...found }),
    ]),
  );
  return (value, at, context) => {
    const type = isObject(value) ? value['type'] : undefined;
    const check = typeof type === 'string' ? checks.get(type) : undefined;
    if (check) check(value, at, context);
    else context.report('unknown_type', `unsupported type: ${String(type)}`, `${at}/type`);
  };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
