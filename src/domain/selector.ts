import { z } from 'zod';

/** One term of `--on` or of a `hosts:` in the config; `not`: hosts it means are left out. */
export type Term =
  | { readonly kind: 'all' }
  | { readonly kind: 'host'; readonly name: string; readonly not?: true }
  | { readonly kind: 'label'; readonly key: string; readonly value: string; readonly not?: true };

/**
 * What `--on` takes: a host name, `label=value` or `all`; several joined by commas mean any of them. With `!` before it a
 * name or label leaves hosts out, of all where nothing else is said: `env=prod,!web-3`, `!env=prod`.
 */
export interface Selector {
  readonly text: string;
  readonly terms: readonly Term[];
}

export const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?$/u;
const LABEL = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,62})=([A-Za-z0-9][A-Za-z0-9_.-]{0,62})$/u;

export const Selector = z.string().transform((text, context): Selector => {
  const terms: Term[] = [];
  for (const part of text.split(',').map((word) => word.trim().replace(/^@/u, ''))) {
    const term = parseTerm(part);
    if (!term) {
      context.addIssue({
        code: 'custom',
        message: 'takes host names, label=value or all (joined by commas; ! before one leaves it out)',
      });
      return z.NEVER;
    }
    terms.push(term);
  }
  return { text: terms.map(termText).join(','), terms };
});

function parseTerm(text: string): Term | undefined {
  if (text.startsWith('!')) {
    const left = parseTerm(text.slice(1).replace(/^@/u, ''));
    return left === undefined || left.kind === 'all' || left.not ? undefined : { ...left, not: true };
  }
  // A phone begins words with capitals, and names of hosts have none.
  const name = text.toLowerCase();
  if (name === 'all') return { kind: 'all' };
  const label = LABEL.exec(text);
  if (label) return { kind: 'label', key: label[1] as string, value: label[2] as string };
  return HOST_NAME.test(name) ? { kind: 'host', name } : undefined;
}

function termText(term: Term): string {
  if (term.kind === 'all') return 'all';
  return `${term.not ? '!' : ''}${term.kind === 'host' ? term.name : `${term.key}=${term.value}`}`;
}

/** A host as a selector sees it. */
export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
}

/** The names of the hosts a selector means, in the config's order. Unknown names select nothing. */
export function select(selector: Selector, hosts: ReadonlyMap<string, Labelled>): string[] {
  const [out, wanted] = [selector.terms.filter(isNot), selector.terms.filter((term) => !isNot(term))];
  return [...hosts]
    .filter(([name, host]) => wanted.length === 0 || wanted.some((term) => matches(term, name, host)))
    .filter(([name, host]) => !out.some((term) => matches(term, name, host)))
    .map(([name]) => name);
}

export const isNot = (term: Term): boolean => term.kind !== 'all' && term.not === true;

export function matches(term: Term, name: string, host: Labelled): boolean {
  if (term.kind === 'all') return true;
  return term.kind === 'host'
    ? term.name === name
    : Object.hasOwn(host.labels, term.key) && host.labels[term.key] === term.value;
}
