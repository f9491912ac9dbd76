import { h } from '../dom.ts';
import { drawRichText } from './rich-text.ts';

interface Cell {
  readonly type: string;
  readonly text?: string;
  readonly value?: number;
}

interface TableBlock {
  readonly rows: readonly (readonly Cell[])[];
  readonly column_settings?: readonly { readonly align?: string; readonly is_wrapped?: boolean }[];
}

/** Draws a table. Its first row is the header. A table that is too wide scrolls on its own. */
export function drawTable(block: object): HTMLElement {
  const { rows, column_settings: columns = [] } = block as TableBlock;
  const [head = [], ...body] = rows;
  const styleOf = (index: number) =>
    `${columns[index]?.align === 'right' ? 'right' : ''} ${columns[index]?.is_wrapped ? 'wrapped' : ''}`.trim();
  const draw = (cell: Cell) => (cell.type === 'rich_text' ? drawRichText(cell) : (cell.text ?? String(cell.value)));
  return h(
    'div',
    { class: 'table', role: 'region', 'aria-label': 'Table', tabindex: 0 },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          head.map((cell, index) => h('th', { class: styleOf(index), scope: 'col' }, draw(cell))),
        ),
      ),
      h(
        'tbody',
        {},
        body.map((row) =>
          h(
            'tr',
            {},
            row.map((cell, index) => h('td', { class: styleOf(index) }, draw(cell))),
          ),
        ),
      ),
    ),
  );
}
