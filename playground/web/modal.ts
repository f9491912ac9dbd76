import { drawBlocks, unsupported } from './blocks/index.ts';
import { drawInput, type Field } from './blocks/inputs.ts';
import { fill, h, uniqueId } from './dom.ts';
import { type Acted, act } from './live.ts';
import { you } from './names.ts';
import type { ViewSeen } from './protocol.ts';
import { createSurface } from './surface.ts';
import { plainOf, type TextObject } from './text.ts';

/** Draws a view with its fields. Clicks in it are sent to the app as clicks in the view. */
export function drawView(view: ViewSeen, problem: HTMLElement): { nodes: HTMLElement[]; fields: Field[] } {
  const surface = createSurface({ viewId: view.id }, problem);
  const fields: Field[] = [];
  const nodes = (view.body['blocks'] as readonly { type: string; element?: { type: string } }[]).flatMap((block) => {
    if (block.type !== 'input') return drawBlocks([block], surface);
    const field = drawInput(block, surface);
    if (!field) return [unsupported('element', block.element?.type ?? '')];
    fields.push(field);
    return [field.box];
  });
  return { nodes, fields };
}

export interface Modal {
  show(view: ViewSeen | null): void;
}

/** Creates the dialog for the person's topmost modal, which the app opens and updates. */
export function createModal(): Modal {
  const title = uniqueId('modal');
  let shown: ViewSeen | null = null;
  let fields: Field[] = [];
  const problem = h('p', { class: 'error', role: 'alert' });
  const form = h('form', { novalidate: true });
  const dialog = h('dialog', { class: 'dialog modal', 'aria-labelledby': title }, form);
  document.body.append(dialog);

  const close = async () => {
    dialog.close();
    if (shown) await tried(act('closeView', { person: you() }));
  };
  const submit = async () => {
    for (const field of fields) field.complain(undefined);
    problem.textContent = '';
    const values = Object.fromEntries(fields.map((field) => [field.blockId, field.value()]));
    form.classList.add('busy');
    const sent = await tried(act('submitView', { person: you(), viewId: shown?.id, values }));
    form.classList.remove('busy');
    const { response_action: action, errors = {} } = (sent.response ?? {}) as {
      response_action?: string;
      errors?: Record<string, string>;
    };
    if (!sent.ok) problem.textContent = sent.error ?? 'The app was not reached.';
    if (action !== 'errors') return;
    // Each error takes the focus, so the first field is handled last.
    for (const field of fields.toReversed()) if (errors[field.blockId]) field.complain(errors[field.blockId]);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    void close();
  });

  return {
    show(view) {
      if (view?.id === shown?.id && view?.hash === shown?.hash) return;
      const focused = fields.find((field) => field.main === document.activeElement)?.key;
      const typed = view?.id === shown?.id ? new Map(fields.map((field) => [field.key, field.value()])) : new Map();
      shown = view;
      if (!view) return dialog.close();
      const drawn = drawView(view, problem);
      fields = drawn.fields;
      for (const field of fields) {
        const before = typed.get(field.key);
        if (before !== undefined) field.restore(before);
      }
      problem.textContent = '';
      const text = (name: string) => plainOf(view.body[name] as TextObject | undefined);
      fill(
        form,
        h(
          'header',
          {},
          h('h2', { id: title }, text('title')),
          h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => void close() }, '✕'),
        ),
        h('div', { class: 'dialog-body' }, drawn.nodes),
        problem,
        h(
          'footer',
          {},
          h('button', { type: 'button', class: 'button', onclick: () => void close() }, text('close') || 'Close'),
          text('submit') !== '' && h('button', { type: 'submit', class: 'button primary' }, text('submit')),
        ),
      );
      if (!dialog.open) dialog.showModal();
      const again = fields.find((field) => field.key === focused);
      if (again) {
        again.main.focus();
        return;
      }
      const first = form.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea, summary)');
      if (!dialog.contains(document.activeElement) || document.activeElement?.matches('.close')) first?.focus();
    },
  };
}

function tried(acting: Promise<Acted>): Promise<Acted> {
  return acting.catch((error: Error) => ({ ok: false, error: error.message }));
}
