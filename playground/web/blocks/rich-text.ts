import { h, outLink } from '../dom.ts';
import { drawDate, drawEmoji, drawMention } from '../text.ts';

interface Style {
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly strike?: boolean;
  readonly underline?: boolean;
  readonly code?: boolean;
}

interface Inline {
  readonly type: string;
  readonly text?: string;
  readonly url?: string;
  readonly name?: string;
  readonly user_id?: string;
  readonly usergroup_id?: string;
  readonly channel_id?: string;
  readonly range?: string;
  readonly timestamp?: number;
  readonly format?: string;
  readonly fallback?: string;
  readonly value?: string;
  readonly style?: Style;
}

interface Part {
  readonly type: string;
  readonly elements: readonly (Inline | Part)[];
  readonly style?: string;
  readonly indent?: number;
  readonly offset?: number;
}

/** Draws a `rich_text` block, or a rich-text cell of a table. */
export function drawRichText(block: object): HTMLElement {
  return h('div', { class: 'rich-text' }, drawParts((block as { elements: readonly Part[] }).elements));
}

function drawParts(parts: readonly Part[]): HTMLElement[] {
  return parts.map((part) => {
    switch (part.type) {
      case 'rich_text_preformatted':
        return h('pre', { tabindex: 0 }, (part.elements as Inline[]).map(drawInline));
      case 'rich_text_quote':
        return h('blockquote', {}, (part.elements as Inline[]).map(drawInline));
      case 'rich_text_list':
        return drawList(part);
      default:
        return h('p', {}, (part.elements as Inline[]).map(drawInline));
    }
  });
}

function drawList(part: Part): HTMLElement {
  const items = (part.elements as Part[]).map((item) => h('li', {}, (item.elements as Inline[]).map(drawInline)));
  const indent = `indent-${part.indent ?? 0}`;
  return part.style === 'ordered'
    ? h('ol', { class: indent, start: (part.offset ?? 0) + 1 }, items)
    : h('ul', { class: indent }, items);
}

function drawInline(given: Inline): Node {
  return styled(bare(given), given.style ?? {});
}

function bare(given: Inline): Node {
  switch (given.type) {
    case 'link':
      return outLink(given.url ?? '', given.text ?? given.url);
    case 'emoji':
      return drawEmoji(given.name ?? '');
    case 'user':
      return drawMention('person', given.user_id ?? '');
    case 'usergroup':
      return drawMention('group', given.usergroup_id ?? '');
    case 'channel':
      return drawMention('channel', given.channel_id ?? '');
    case 'broadcast':
      return drawMention('broadcast', given.range ?? '');
    case 'date':
      return drawDate((given.timestamp ?? 0) * 1000, given.format ?? '', given.fallback ?? '');
    default:
      return document.createTextNode(given.text ?? given.value ?? '');
  }
}

function styled(node: Node, style: Style): Node {
  const tags = [
    style.code ? 'code' : undefined,
    style.bold ? 'b' : undefined,
    style.italic ? 'i' : undefined,
    style.strike ? 's' : undefined,
    style.underline ? 'u' : undefined,
  ] as const;
  return tags.filter((tag) => tag !== undefined).reduce((inner, tag) => h(tag, {}, inner), node);
}
