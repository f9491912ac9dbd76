/** A piece of mrkdwn, as a tree of what Slack draws. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'bold' | 'italic' | 'strike' | 'quote'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'code' | 'pre'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  | { readonly kind: 'person' | 'channel' | 'group' | 'broadcast'; readonly id: string }
  | { readonly kind: 'date'; readonly at: number; readonly format: string; readonly fallback: string };

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;

export function parseMrkdwn(source: string): Piece[] {
  return source.split(/```([\s\S]+?)```/u).flatMap((part, index): Piece[] => {
    if (index % 2 === 1) return [{ kind: 'pre', text: entitiesOut(part.replace(/^\n|\n$/gu, '')) }];
    // The line breaks around a fence are part of it.
    const trimmed = part.replace(index > 0 ? /^\n/u : /^(?!)/u, '');
    return trimmed === '' ? [] : lines(trimmed);
  });
}

/** Joins consecutive lines that begin with `>` into one quote. */
function lines(source: string): Piece[] {
  const out: Piece[] = [];
  let quoted: string[] = [];
  const flush = () => {
    if (quoted.length > 0) out.push({ kind: 'quote', pieces: inline(quoted.join('\n')) });
    quoted = [];
  };
  let plain: string[] = [];
  const flushPlain = () => {
    if (plain.length > 0) out.push(...inline(plain.join('\n')));
    plain = [];
  };
  for (const line of source.split('\n')) {
    const quote = /^(?:&gt;|>) ?(.*)$/u.exec(line)?.[1];
    if (quote !== undefined) {
      flushPlain();
      quoted.push(quote);
    } else {
      flush();
      plain.push(line);
    }
  }
  flush();
  flushPlain();
  return out;
}

function inline(source: string): Piece[] {
  const out: Piece[] = [];
  let text = '';
  const add = (piece: Piece) => {
    if (text !== '') out.push({ kind: 'text', text: entitiesOut(text) });
    text = '';
    out.push(piece);
  };
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const found = special(source, at, rest);
    if (found) {
      add(found.piece);
      at += found.length;
    } else {
      text += source[at];
      at += 1;
    }
  }
  if (text !== '') out.push({ kind: 'text', text: entitiesOut(text) });
  return out;
}

function special(source: string, at: number, rest: string): { piece: Piece; length: number } | undefined {
  const first = rest[0] ?? '';
  if (first === '\n') return { piece: { kind: 'break' }, length: 1 };
  if (first === '`') {
    const code = /^`([^`\n]+)`/u.exec(rest);
    return code ? { piece: { kind: 'code', text: entitiesOut(code[1] ?? '') }, length: code[0].length } : undefined;
  }
  if (first === '<') {
    const entity = /^<([^<>\n]+)>/u.exec(rest);
    const piece = entity && entityOf(entity[1] ?? '');
    return piece ? { piece, length: entity[0].length } : undefined;
  }
  if (first === ':') {
    const emoji = /^:([a-z0-9_+-]+):/u.exec(rest);
    return emoji ? { piece: { kind: 'emoji', name: emoji[1] ?? '' }, length: emoji[0].length } : undefined;
  }
  return first in MARKS ? styled(source, at, first as keyof typeof MARKS) : undefined;
}

// A mark opens where a word can begin and closes where a word can end, on the same line.
function styled(source: string, at: number, mark: keyof typeof MARKS): { piece: Piece; length: number } | undefined {
  if (/[\p{L}\p{N}]/u.test(source[at - 1] ?? '') || /[\s*_~]/u.test(source[at + 1] ?? ' ')) return undefined;
  for (let end = at + 1; end < source.length && source[end] !== '\n'; end += 1) {
    if (source[end] === '`' || source[end] === '<') {
      const close = source.indexOf(source[end] === '<' ? '>' : '`', end + 1);
      if (close > 0) end = close;
      continue;
    }
    if (source[end] !== mark || /\s/u.test(source[end - 1] ?? ' ') || /[\p{L}\p{N}]/u.test(source[end + 1] ?? ''))
      continue;
    if (end === at + 1) return undefined;
    return { piece: { kind: MARKS[mark], pieces: inline(source.slice(at + 1, end)) }, length: end + 1 - at };
  }
  return undefined;
}

function entityOf(inside: string): Piece | undefined {
  const [body = '', ...labels] = inside.split('|');
  const label = labels.join('|');
  const id = /^(@[UW]|#[CG]|!subteam\^S)([A-Z0-9]*)$/u.exec(body);
  if (id?.[1]?.startsWith('@')) return { kind: 'person', id: body.slice(1) };
  if (id?.[1]?.startsWith('#')) return { kind: 'channel', id: body.slice(1) };
  if (id) return { kind: 'group', id: body.slice('!subteam^'.length) };
  if (/^!(?:here|channel|everyone)$/u.test(body)) return { kind: 'broadcast', id: body.slice(1) };
  const date = /^!date\^(\d+)\^([^^]+)(?:\^.*)?$/u.exec(body);
  if (date)
    return {
      kind: 'date',
      at: Number(date[1]) * 1000,
      format: entitiesOut(date[2] ?? ''),
      fallback: entitiesOut(label),
    };
  const url = entitiesOut(body);
  return /^(?:https?:|mailto:)/iu.test(url) ? { kind: 'link', url, text: entitiesOut(label || body) } : undefined;
}

/** Unescapes the three characters that Slack escapes. */
export function entitiesOut(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
