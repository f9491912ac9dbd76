import { sayDate } from './dates.ts';
import { h, outLink } from './dom.ts';
import { emojiOf } from './emoji.ts';
import { type Piece, parseMrkdwn } from './mrkdwn.ts';
import { channelName, groupHandle, handle, isInGroup, you } from './names.ts';

/** A composition object: `{ type: 'plain_text' | 'mrkdwn', text }`. */
export interface TextObject {
  readonly type: string;
  readonly text: string;
}

export function drawText(given: TextObject | undefined): Node[] {
  if (!given) return [];
  return given.type === 'mrkdwn' ? drawMrkdwn(given.text) : drawPlain(given.text);
}

export function drawMrkdwn(source: string): Node[] {
  return parseMrkdwn(source).map(drawPiece);
}

/** Draws plain text, which has emoji but no formatting. */
export function drawPlain(text: string): Node[] {
  return text.split(/:([a-z0-9_+-]+):/u).flatMap((part, index) => {
    if (index % 2 === 0) return part === '' ? [] : [document.createTextNode(part)];
    return [drawEmoji(part)];
  });
}

export function plainOf(given: TextObject | undefined): string {
  return given?.text ?? '';
}

function drawPiece(piece: Piece): Node {
  switch (piece.kind) {
    case 'text':
      return document.createTextNode(piece.text);
    case 'break':
      return h('br');
    case 'bold':
      return h('b', {}, piece.pieces.map(drawPiece));
    case 'italic':
      return h('i', {}, piece.pieces.map(drawPiece));
    case 'strike':
      return h('s', {}, piece.pieces.map(drawPiece));
    case 'quote':
      return h('blockquote', {}, piece.pieces.map(drawPiece));
    case 'code':
      return h('code', {}, piece.text);
    case 'pre':
      return drawPre(piece.text);
    case 'emoji':
      return drawEmoji(piece.name);
    case 'link':
      return outLink(piece.url, piece.text);
    case 'date':
      return drawDate(piece.at, piece.format, piece.fallback);
    default:
      return drawMention(piece.kind, piece.id);
  }
}

/** Makes an element scroll rather than wrap, by keyboard too. */
export function drawPre(text: string): HTMLElement {
  return h('pre', { tabindex: 0 }, text);
}

export function drawEmoji(name: string): Node {
  const sign = emojiOf(name);
  if (sign === undefined) return document.createTextNode(`:${name}:`);
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name.replaceAll('_', ' ') }, sign);
}

export function drawDate(at: number, format: string, fallback: string): HTMLElement {
  return h('time', { datetime: new Date(at).toISOString(), title: fallback }, sayDate(at, format));
}

export function drawMention(kind: 'person' | 'channel' | 'group' | 'broadcast', id: string): HTMLElement {
  const name = {
    person: () => `@${handle(id)}`,
    channel: () => `#${channelName(id)}`,
    group: () => `@${groupHandle(id)}`,
    broadcast: () => `@${id}`,
  }[kind]();
  const mine = kind === 'broadcast' || id === you() || (kind === 'group' && isInGroup(id));
  return h('span', { class: mine ? 'mention mine' : 'mention' }, name);
}
