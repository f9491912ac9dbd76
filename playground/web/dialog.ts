import { h, uniqueId } from './dom.ts';
import { drawText, plainOf, type TextObject } from './text.ts';

export interface Confirm {
  readonly title?: TextObject;
  readonly text: TextObject;
  readonly confirm?: TextObject;
  readonly deny?: TextObject;
  readonly style?: string;
}

/**
 * Asks as an element's `confirm` says. The browser keeps the focus inside, closes it on Escape, and gives the focus
 * back.
 */
export function askConfirm(confirm: Confirm): Promise<boolean> {
  const title = uniqueId('confirm');
  const button = (value: string, style: string, text: string) =>
    h('button', { type: 'submit', value, class: `button ${style}`, autofocus: value === 'yes' }, text);
  const dialog = h(
    'dialog',
    { class: 'dialog confirm', 'aria-labelledby': title },
    h(
      'form',
      { method: 'dialog' },
      h('h2', { id: title }, plainOf(confirm.title) || 'Are you sure?'),
      h('div', { class: 'dialog-body' }, drawText(confirm.text)),
      h(
        'footer',
        {},
        button('no', '', plainOf(confirm.deny) || 'Cancel'),
        button('yes', confirm.style === 'danger' ? 'danger' : 'primary', plainOf(confirm.confirm) || 'Yes'),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
