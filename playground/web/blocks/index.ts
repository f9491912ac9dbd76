import { h } from '../dom.ts';
import { drawText, type TextObject } from '../text.ts';
import { drawChart } from './chart.ts';
import { drawElement, type Element } from './elements.ts';
import { drawRichText } from './rich-text.ts';
import type { Surface } from './surface.ts';
import { drawTable } from './table.ts';

interface Block {
  readonly type: string;
  readonly block_id: string;
  readonly text?: TextObject;
  readonly fields?: readonly TextObject[];
  readonly accessory?: Element;
  /** Elements of `actions`, texts of `context`. */
  readonly elements?: readonly object[];
}

/** Draws blocks as Slack does. An unsupported block is shown as such, so that somebody notices. */
export function drawBlocks(blocks: readonly unknown[], surface: Surface): HTMLElement[] {
  return (blocks as readonly Block[]).map((block) => drawBlock(block, surface));
}

function drawBlock(block: Block, surface: Surface): HTMLElement {
  switch (block.type) {
    case 'section':
      return drawSection(block, surface);
    case 'header':
      return h('h3', { class: 'header' }, drawText(block.text));
    case 'context':
      return h(
        'div',
        { class: 'context' },
        (block.elements ?? []).map((element) => h('span', {}, drawText(element as TextObject))),
      );
    case 'actions':
      return h(
        'div',
        { class: 'actions' },
        (block.elements ?? []).map((element) => pressable(element as Element, block, surface)),
      );
    case 'divider':
      return h('hr', { class: 'divider' });
    case 'rich_text':
      return drawRichText(block);
    case 'table':
      return drawTable(block);
    case 'data_visualization':
      return drawChart(block);
    default:
      return unsupported('block', block.type);
  }
}

function drawSection(block: Block, surface: Surface): HTMLElement {
  return h(
    'div',
    { class: block.accessory ? 'section with-accessory' : 'section' },
    h(
      'div',
      {},
      block.text && h('p', {}, drawText(block.text)),
      block.fields &&
        h(
          'div',
          { class: 'fields' },
          block.fields.map((field) => h('p', {}, drawText(field))),
        ),
    ),
    block.accessory && pressable(block.accessory, block, surface),
  );
}

function pressable(element: Element, block: Block, surface: Surface): HTMLElement {
  return drawElement(element, block.block_id, surface) ?? unsupported('element', element.type);
}

export function unsupported(what: 'block' | 'element', type: string): HTMLElement {
  return h('div', { class: 'unsupported', role: 'note' }, `Unsupported ${what}: `, h('code', {}, type));
}
