import { TemplateError } from './types.ts';

export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'word' | 'sign' | 'field' | 'variable' }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
);

/** A run of text, or the tokens between two braces. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly at: number };

/** Parts a template at its braces. A dash beside a brace takes the white space on that side away, as in Go. */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let trims = false;
  const text = (to: number, trimEnd: boolean) => {
    let part = template.slice(from, to);
    if (trims) part = part.trimStart();
    if (trimEnd) part = part.trimEnd();
    if (part !== '') pieces.push({ kind: 'text', text: part });
  };
  for (;;) {
    const open = template.indexOf('{{', from);
    if (open < 0) break;
    const close = closing(template, open + 2);
    const trimsLeft = template[open + 2] === '-' && /\s/u.test(template[open + 3] ?? '');
    text(open, trimsLeft);
    trims = template[close - 1] === '-' && /\s/u.test(template[close - 2] ?? '');
    const start = open + (trimsLeft ? 3 : 2);
    pieces.push({ kind: 'action', at: open, tokens: tokensOf(template, start, trims ? close - 1 : close) });
    from = close + 2;
  }
  text(template.length, false);
  return pieces;
}

/** Where the braces close that opened before `from`: not within a string. */
function closing(template: string, from: number): number {
  let quote = '';
  for (let at = from; at < template.length; at += 1) {
    const char = template.charAt(at);
    if (quote !== '') {
      if (char === '\\' && quote === '"') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (template.startsWith('}}', at)) return at;
  }
  throw new TemplateError(quote === '' ? 'the braces are not closed' : 'a string is not closed', from - 2);
}

const TOKEN =
  /\s+|(?<string>"(?:[^"\\]|\\.)*"|`[^`]*`)|(?<number>-?\d{1,9})(?![\w.])|(?<variable>\$\w*)|(?<field>\.[A-Za-z_]\w*)|(?<word>[A-Za-z_]\w*)|(?<sign>:=|[.(),|])/uy;

/** The tokens of a part of a template. */
export function tokensOf(template: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = start;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(template);
    if (!found || TOKEN.lastIndex > end) throw new TemplateError(`\`${template.charAt(at)}\` is not understood`, at);
    const { string, number, variable, field, word } = found.groups ?? {};
    const [text] = found;
    if (string !== undefined) tokens.push({ kind: 'string', at, text, value: unquoted(string, at) });
    else if (number !== undefined) tokens.push({ kind: 'number', at, text, value: Number(number) });
    else if (variable !== undefined) tokens.push({ kind: 'variable', at, text });
    else if (field !== undefined) tokens.push({ kind: 'field', at, text });
    else if (word !== undefined) tokens.push({ kind: 'word', at, text });
    else if (text.trim() !== '') tokens.push({ kind: 'sign', at, text });
  }
  return tokens;
}

function unquoted(string: string, at: number): string {
  if (string.startsWith('`')) return string.slice(1, -1);
  try {
    return String(JSON.parse(string));
  } catch {
    throw new TemplateError(`${string} is not a string`, at);
  }
}
