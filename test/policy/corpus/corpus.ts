import { readFileSync } from 'node:fs';

/**
 * Lines with a secret, made of templates, so that no text in the repository looks like a secret: what is between « and »
 * is the secret, and `{A20}` are twenty characters of an alphabet. Rule names are those of gitleaks where it has one.
 */
export interface SecretLine {
  readonly rule: string;
  readonly line: string;
  readonly secrets: readonly string[];
}

const ALPHABETS: Readonly<Record<string, string>> = {
  a: 'abcdefghijklmnopqrstuvwxyz0123456789',
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  l: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ',
  U: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  B: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  q: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
  h: '0123456789abcdef',
  d: '0123456789',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  c: './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  w: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-',
};

export function secretLines(file: string): SecretLine[] {
  const next = dice(file.length);
  return read(file).map((row) => {
    const [rule = '', template = ''] = row.split('\t');
    return { rule, ...secretLine(template, next) };
  });
}

export function secretLine(template: string, next = dice(template.length)): Pick<SecretLine, 'line' | 'secrets'> {
  const filled = template
    .replaceAll('{u}', '{h8}-{h4}-4{h3}-a{h3}-{h12}')
    .replace(/\{([A-Za-z])(\d+)\}/gu, (_, alphabet: string, count: string) =>
      Array.from({ length: Number(count) }, () => {
        const of = ALPHABETS[alphabet] ?? '';
        return of[next() % of.length];
      }).join(''),
    );
  return {
    line: filled.replace(/[«»]/gu, ''),
    secrets: [...filled.matchAll(/«([^»]+)»/gu)].map((match) => match[1] ?? ''),
  };
}

export function ordinaryLines(file: string): string[] {
  return read(file);
}

/** What of a secret can still be read: the whole of a short one, or eight characters in a row. */
export function shownOf(secret: string, text: string): string | undefined {
  const size = Math.min(8, secret.length);
  for (let at = 0; at + size <= secret.length; at += 1)
    if (text.includes(secret.slice(at, at + size))) return secret.slice(at, at + size);
  return undefined;
}

function read(file: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Always the same numbers for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}
