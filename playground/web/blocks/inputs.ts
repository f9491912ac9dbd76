import { h, uniqueId } from '../dom.ts';
import { plainOf, type TextObject } from '../text.ts';
import { type Element, manyOf, selectOf } from './elements.ts';
import { externalOf, manyExternalOf } from './external.ts';
import type { Option, Surface } from './surface.ts';

interface InputBlock {
  readonly block_id: string;
  readonly label: TextObject;
  readonly hint?: TextObject;
  readonly optional?: boolean;
  readonly dispatch_action?: boolean;
  readonly element: InputElement;
}

interface InputElement extends Element {
  readonly multiline?: boolean;
  readonly initial_value?: string;
  readonly initial_date?: string;
  readonly initial_time?: string;
  readonly min_length?: number;
  readonly max_length?: number;
}

/** A field of a modal: its element, its value, and its error. */
export interface Field {
  readonly blockId: string;
  readonly key: string;
  readonly box: HTMLElement;
  /** The element that takes the focus. */
  readonly main: HTMLElement;
  value(): string | string[];
  restore(value: string | string[]): void;
  /** Shows an error and focuses the field; without an error, clears it. */
  complain(words: string | undefined): void;
}

const TYPES: Readonly<Record<string, string>> = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'text',
  datepicker: 'date',
  timepicker: 'time',
};

export function drawInput(block: object, surface: Surface): Field | undefined {
  const { block_id: blockId, label, hint, optional, element, dispatch_action: tells } = block as InputBlock;
  const control = controlOf(element, blockId, surface);
  if (!control) return undefined;
  const [labelId, hintId, errorId] = [uniqueId('label'), uniqueId('hint'), uniqueId('error')];
  const error = h('p', { class: 'error', id: errorId, role: 'alert' });
  const { main } = control;
  main.removeAttribute('aria-label');
  main.setAttribute('aria-labelledby', labelId);
  main.setAttribute('aria-describedby', hint ? `${hintId} ${errorId}` : errorId);
  if (!optional) main.setAttribute('aria-required', 'true');
  // A field with `dispatch_action` notifies the app immediately, which may change the rest of the form.
  if (tells)
    control.box.addEventListener('change', () => {
      void surface.press({ blockId, actionId: element.action_id, selected: control.value() });
    });
  const box = h(
    'div',
    { class: 'field' },
    h('span', { class: 'field-label', id: labelId }, plainOf(label), optional && h('small', {}, ' (optional)')),
    control.box,
    hint && h('p', { class: 'hint', id: hintId }, plainOf(hint)),
    error,
  );
  return {
    blockId,
    key: `${blockId} ${element.action_id}`,
    box,
    main,
    value: control.value,
    restore: control.restore,
    complain(words) {
      error.textContent = words ?? '';
      if (words === undefined) return main.removeAttribute('aria-invalid');
      main.setAttribute('aria-invalid', 'true');
      main.focus();
    },
  };
}

interface Control {
  readonly box: HTMLElement;
  /** The element that takes the focus. */
  readonly main: HTMLElement;
  value(): string | string[];
  restore(value: string | string[]): void;
}

function controlOf(element: InputElement, blockId: string, surface: Surface): Control | undefined {
  switch (element.type) {
    case 'external_select': {
      const { box, input, value, restore } = externalOf(element, blockId, surface);
      return { box, main: input, value, restore: (given) => restore(String(given)) };
    }
    case 'multi_external_select': {
      const { box, input, value, restore } = manyExternalOf(element, blockId, surface);
      return { box, main: input, value, restore: (given) => restore([given].flat()) };
    }
    case 'static_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return plainControl(selectOf(element));
    case 'multi_static_select':
    case 'multi_users_select':
    case 'multi_channels_select':
    case 'multi_conversations_select': {
      const { box, chosen } = manyOf(element);
      const main = box.querySelector('summary') ?? box;
      return { box, main, value: chosen, restore: (value) => tick(box, value) };
    }
    case 'checkboxes':
    case 'radio_buttons':
      return choices(element);
    case 'plain_text_input':
      if (element.multiline) return plainControl(text(element, 'textarea'));
      return plainControl(text(element, 'input'));
    default:
      return element.type in TYPES ? plainControl(text(element, 'input')) : undefined;
  }
}

function text(element: InputElement, tag: 'input' | 'textarea'): HTMLInputElement | HTMLTextAreaElement {
  const control = h(tag, {
    class: 'input',
    placeholder: plainOf(element.placeholder),
    ...(tag === 'textarea' ? { rows: 4 } : { type: TYPES[element.type] ?? 'text' }),
    ...(element.type === 'number_input' ? { inputmode: 'decimal' } : {}),
    maxlength: element.max_length,
  });
  control.value = element.initial_value ?? element.initial_date ?? element.initial_time ?? '';
  return control;
}

function plainControl(control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement): Control {
  return {
    box: control,
    main: control,
    value: () => control.value,
    restore: (value) => {
      control.value = String(value);
    },
  };
}

function choices(element: InputElement): Control {
  const single = element.type === 'radio_buttons';
  const initial = [element.initial_option, ...(element.initial_options ?? [])].map((option) => option?.value);
  const name = uniqueId('choice');
  const draw = (option: Option) =>
    h(
      'label',
      {},
      h('input', {
        type: single ? 'radio' : 'checkbox',
        name,
        value: option.value ?? '',
        checked: initial.includes(option.value),
      }),
      h('span', {}, plainOf(option.text), option.description && h('small', {}, plainOf(option.description))),
    );
  const box = h(
    'div',
    { class: 'choices', role: single ? 'radiogroup' : 'group', tabindex: -1 },
    (element.options ?? []).map(draw),
  );
  const chosen = () => [...box.querySelectorAll('input')].filter((one) => one.checked).map((one) => one.value);
  return {
    box,
    main: box,
    value: () => (single ? (chosen()[0] ?? '') : chosen()),
    restore: (value) => tick(box, value),
  };
}

function tick(box: HTMLElement, value: string | string[]): void {
  const wanted = new Set([value].flat());
  for (const one of box.querySelectorAll('input')) one.checked = wanted.has(one.value);
}
