import { fill, h, uniqueId } from '../dom.ts';
import { plainOf, type TextObject } from '../text.ts';
import type { Suggested, Surface } from './surface.ts';

const PAUSE_MS = 200;
/** The number of characters from which Slack asks the app, unless the element sets another. */
const MIN_QUERY_LENGTH = 3;

interface External {
  readonly action_id: string;
  readonly placeholder?: TextObject;
  readonly initial_option?: Suggested;
  readonly min_query_length?: number;
}

export interface ExternalControl {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
  value(): string;
  restore(value: string): void;
}

/** Draws an external select: a text field with the app's options as native suggestions. */
export function externalOf(
  element: External,
  blockId: string,
  surface: Surface,
  chosen: () => void = () => undefined,
): ExternalControl {
  const list = uniqueId('suggestions');
  const known = new Map<string, string>();
  const learn = (options: readonly Suggested[]) => {
    for (const { text, value = '' } of options) known.set(plainOf(text), value);
  };
  const label = plainOf(element.placeholder) || 'Type to search';
  const input = h('input', { class: 'input', list, placeholder: label, 'aria-label': label, autocomplete: 'off' });
  input.dataset['action'] = element.action_id;
  if (element.initial_option) {
    learn([element.initial_option]);
    input.value = plainOf(element.initial_option.text);
  }
  const suggestions = h('datalist', { id: list });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = async () => {
    const query = input.value;
    if (query.length < (element.min_query_length ?? MIN_QUERY_LENGTH)) return;
    const options = await surface.suggest({ blockId, actionId: element.action_id }, query);
    if (query !== input.value) return;
    learn(options);
    fill(
      suggestions,
      options.map(({ text }) => h('option', { value: plainOf(text) })),
    );
  };
  input.addEventListener('focus', () => void ask());
  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (known.has(input.value)) chosen();
    else timer = setTimeout(() => void ask(), PAUSE_MS);
  });
  return {
    box: h('div', {}, input, suggestions),
    input,
    value: () => known.get(input.value) ?? '',
    restore(value) {
      for (const [text, one] of known) if (one === value) input.value = text;
    },
  };
}

export interface ManyExternalControl {
  readonly box: HTMLElement;
  readonly input: HTMLInputElement;
  value(): string[];
  restore(values: readonly string[]): void;
}

/** Draws an external select of several options: each one chosen becomes a button that takes it away again. */
export function manyExternalOf(element: External, blockId: string, surface: Surface): ManyExternalControl {
  const chosen = new Map<string, string>();
  const list = h('div', { class: 'chosen' });
  const draw = () => {
    const buttons = [...chosen].map(([value, text]) =>
      h(
        'button',
        { type: 'button', class: 'button', 'aria-label': `Remove ${text}`, onclick: () => take(value) },
        `${text} ✕`,
      ),
    );
    fill(list, buttons);
  };
  const take = (value: string) => {
    chosen.delete(value);
    draw();
    one.input.focus();
  };
  const one = externalOf(element, blockId, surface, () => {
    chosen.set(one.value(), one.input.value);
    one.input.value = '';
    draw();
  });
  return {
    box: h('div', {}, list, one.box),
    input: one.input,
    value: () => [...chosen.keys()],
    restore(values) {
      for (const value of values) {
        one.restore(value);
        if (one.value() === value) chosen.set(value, one.input.value);
      }
      one.input.value = '';
      draw();
    },
  };
}
