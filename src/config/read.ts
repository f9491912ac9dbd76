import { type Document, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { messageOf, UserError } from '../domain/errors.ts';
import { didYouMean } from './spelling.ts';

type Keys = readonly PropertyKey[];
export type Env = Readonly<Record<string, string | undefined>>;

export interface ReadFile {
  readonly value: unknown;
  /** What the environment was asked for, so that it can be masked wherever it shows up. */
  readonly secrets: readonly string[];
  /** `file:line:column` of what is at `keys`, or of the nearest thing around it. */
  where(keys: Keys): string;
}

/** YAML to plain values, with `${NAME}` from the environment put in. Throws a `UserError` with one line a mistake. */
export function readYaml(text: string, path: string, env: Env): ReadFile {
  const lines = new LineCounter();
  // `<<` takes the options of an anchor over, as in files of Compose.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    refuse(document.errors.map(({ pos, code, message }) => `${at(pos[0])}  ${WORDS[code] ?? message.split('\n')[0]}`));
  const where = (keys: Keys): string => {
    for (let length = keys.length; length >= 0; length -= 1) {
      const node = document.getIn(keys.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return at(node.range[0]);
    }
    return `${path}:1:1`;
  };
  const secrets: string[] = [];
  const unset: string[] = [];
  const value = expand(plainOf(document, at), [], (keys, name) => {
    const found = env[name] ?? '';
    if (found === '')
      unset.push(
        `${where(keys)}  ${keys.join('.')}: the environment has no ${name}${didYouMean(name, Object.keys(env))}`,
      );
    else secrets.push(found);
    return found;
  });
  if (unset.length > 0) refuse(unset);
  return { value, secrets, where };
}

/** Errors of the YAML library that say too little, or would tell a program what to call. */
const WORDS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab begins this line; indent with spaces',
  DUPLICATE_KEY: 'this name is there twice at this place; join the two, or remove one',
  MULTIPLE_DOCS: 'a second document begins here; the config is one: leave out the line ---',
};

/** The values of a document, anchors put in. Throws a `UserError` for aliases that cannot be, and for a name that is lost. */
function plainOf(document: Document, at: (offset: number) => string): unknown {
  const problems: string[] = [];
  visit(document, {
    Pair(_, { key }) {
      // Schemas leave it out without a word, wherever names are free.
      if (isScalar(key) && key.value === '__proto__')
        problems.push(`${at(key.range?.[0] ?? 0)}  "__proto__" cannot be a name here`);
    },
    Alias(_, alias) {
      const [start = 0] = alias.range ?? [];
      const { range } = alias.resolve(document) ?? {};
      if (!range) problems.push(`${at(start)}  there is no anchor &${alias.source} before *${alias.source}`);
      else if (range[0] <= start && start < range[1])
        problems.push(`${at(start)}  *${alias.source} is part of &${alias.source} itself`);
    },
  });
  if (problems.length > 0) refuse(problems);
  try {
    return document.toJS();
  } catch (error) {
    return refuse([`${at(0)}  the aliases (*name) cannot be put in: ${messageOf(error)}`]);
  }
}

export function refuse(problems: readonly string[]): never {
  throw new UserError('not_configured', problems.join('\n'));
}

// Only whole `${NAME}` tokens are expanded; "robot$fairlead" is left alone.
function expand(value: unknown, keys: Keys, lookUp: (keys: Keys, name: string) => string): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Z][A-Z0-9_]*)\}/gu, (_, name: string) => lookUp(keys, name));
  if (Array.isArray(value)) return value.map((item, index) => expand(item, [...keys, index], lookUp));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item, [...keys, key], lookUp)]));
}
