import { nearest } from '../nearest.ts';
import { printed } from './printed.ts';
import { type Expression, type FunctionName, type Node, type Root, TemplateError } from './types.ts';

/** Steps and characters of one evaluation: ranges within ranges over a long list would take minutes. */
const MOST_STEPS = 20_000;
const MOST_TEXT = 200_000;
/** Fields that an error names. */
const MOST_NAMED = 12;

interface Scope {
  readonly dot: unknown;
  readonly variables: ReadonlyMap<string, unknown>;
}

/** Fills a template with plain JSON. Throws a `TemplateError` for a field that is not there, and beyond its bounds. */
export function evaluate(nodes: readonly Node[], value: unknown): string {
  const work = new Evaluation();
  work.all(nodes, { dot: value, variables: new Map([['', value]]) });
  return work.text();
}

class Evaluation {
  #steps = 0;
  #length = 0;
  readonly #parts: string[] = [];

  text(): string {
    return this.#parts.join('');
  }

  all(nodes: readonly Node[], scope: Scope): void {
    for (const node of nodes) {
      this.#step(node.kind === 'text' ? 0 : node.of.at);
      if (node.kind === 'text') this.#write(node.text, 0);
      else if (node.kind === 'value') this.#write(printed(this.#value(node.of, scope)), node.of.at);
      else this.#range(node, scope);
    }
  }

  #range(node: Extract<Node, { kind: 'range' }>, scope: Scope): void {
    const of = this.#value(node.of, scope);
    const entries = entriesOf(of);
    if (entries === undefined) throw new TemplateError('`range` needs a list or a map', node.of.at);
    this.#step(node.of.at, entries.length);
    if (entries.length === 0) this.all(node.otherwise, scope);
    for (const [key, value] of entries) {
      const variables = new Map(scope.variables);
      if (node.key !== undefined) variables.set(node.key, key);
      if (node.value !== undefined) variables.set(node.value, value);
      this.all(node.body, { dot: value, variables });
    }
  }

  #value(expression: Expression, scope: Scope): unknown {
    this.#step(expression.at);
    if (expression.kind === 'literal') return expression.value;
    if (expression.kind === 'call') return this.#call(expression, scope);
    const { of, names, at } = expression;
    return names.reduce((value, name) => fieldOf(value, name, at), this.#root(of, scope, at));
  }

  #root(of: Expression | Root, scope: Scope, at: number): unknown {
    if (of.kind === 'dot') return scope.dot;
    if (of.kind !== 'variable') return this.#value(of, scope);
    if (!scope.variables.has(of.name)) throw new TemplateError(`there is no \`$${of.name}\` here`, at);
    return scope.variables.get(of.name);
  }

  #call({ name, args, at }: Extract<Expression, { kind: 'call' }>, scope: Scope): unknown {
    const [first, ...rest] = args.map((arg) => this.#value(arg, scope));
    if (typeof first === 'object' && first !== null) this.#step(at, Object.keys(first).length);
    const result = CALLS[name](first, rest, at);
    // What a call makes costs its length: calls in ranges would make gigabytes of a small answer.
    if (typeof result === 'string') this.#count(result.length, at);
    return result;
  }

  /** One step, and one more for every ten entries that are gone through. */
  #step(at: number, entries = 0): void {
    this.#steps += 1 + entries / 10;
    if (this.#steps > MOST_STEPS) throw new TemplateError('this goes through too much', at);
  }

  #write(text: string, at: number): void {
    this.#count(text.length, at);
    this.#parts.push(text);
  }

  #count(length: number, at: number): void {
    this.#length += length;
    if (this.#length > MOST_TEXT) throw new TemplateError('this makes too long a text', at);
  }
}

const CALLS: Readonly<Record<FunctionName, (first: unknown, rest: readonly unknown[], at: number) => unknown>> = {
  json: (first) => JSON.stringify(first ?? null),
  len: (first, _, at) => {
    if (typeof first === 'string') return Buffer.byteLength(first);
    const entries = entriesOf(first);
    if (entries === undefined) throw new TemplateError('`len` needs a text, a list or a map', at);
    return entries.length;
  },
  join: (first, [separator], at) => {
    if (first === null) return '';
    if (!Array.isArray(first)) throw new TemplateError('`join` needs a list', at);
    return first.map(printed).join(String(separator));
  },
  index: (first, keys, at) => keys.reduce((value, key) => indexOf(value, key, at), first),
};

function indexOf(value: unknown, key: unknown, at: number): unknown {
  if (Array.isArray(value)) {
    const index = typeof key === 'number' ? key : -1;
    if (index < 0 || index >= value.length)
      throw new TemplateError(`there is no element ${String(key)} of ${value.length}`, at);
    return value[index];
  }
  // As in Go: a map without the key gives nothing.
  if (isMap(value)) return Object.hasOwn(value, String(key)) ? value[String(key)] : null;
  throw new TemplateError('`index` needs a list or a map', at);
}

function fieldOf(value: unknown, name: string, at: number): unknown {
  if (isMap(value) && Object.hasOwn(value, name)) return value[name];
  const names = isMap(value) ? Object.keys(value) : [];
  const near = nearest(name, names);
  const there = `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
  const tip = near !== undefined ? `. Did you mean \`.${near}\`?` : names.length > 0 ? `. There are: ${there}` : '';
  throw new TemplateError(`there is no field \`.${name}\`${tip}`, at);
}

type Json = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In Go a map is gone through in the order of its keys. Undefined for what cannot be gone through. */
function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] | undefined {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.map((item: unknown, index) => [index, item] as const);
  if (isMap(value)) return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return undefined;
}
