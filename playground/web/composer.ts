import { completions, mentions, type Offer, usageFor } from './complete.ts';
import { fill, h, uniqueId } from './dom.ts';
import type { CommandHint } from './protocol.ts';

export interface ComposerOptions {
  readonly label: string;
  readonly commands: () => readonly CommandHint[];
  /** The names that can be mentioned. */
  readonly names: () => readonly string[];
  /** Sends the text. Resolves to an error, or to undefined. */
  readonly send: (text: string) => Promise<string | undefined>;
}

export interface Composer {
  readonly element: HTMLElement;
  setLabel(label: string): void;
  /** Writes a text into the composer, for the person to send. */
  write(text: string): void;
  focus(): void;
}

/**
 * Creates the text field for messages: Enter sends, Shift+Enter starts a new line, and the arrow keys choose a
 * completion.
 */
export function createComposer(options: ComposerOptions): Composer {
  const listId = uniqueId('offers');
  let offers: readonly Offer[] = [];
  let chosen = 0;
  let past: string[] = [];
  const input = h('textarea', {
    rows: 1,
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': listId,
    'aria-expanded': 'false',
    'aria-label': options.label,
    placeholder: options.label,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const list = h('ul', { class: 'offers', id: listId, role: 'listbox', 'aria-label': 'Completions', hidden: true });
  const hint = h('p', { class: 'usage', 'aria-live': 'polite' });
  const problem = h('p', { class: 'error', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, '➤');
  const form = h('form', { class: 'composer' }, list, hint, problem, h('div', { class: 'box' }, input, button));

  const hide = () => {
    offers = [];
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const take = (offer: Offer) => {
    const rest = input.value.slice(input.selectionEnd);
    input.value = offer.insert + rest;
    input.setSelectionRange(offer.insert.length, offer.insert.length);
    hide();
    changed();
    input.focus();
  };
  const draw = () => {
    const items = offers.map((offer, index) =>
      h(
        'li',
        {
          id: `${listId}-${index}`,
          role: 'option',
          'aria-selected': String(index === chosen),
          onmousedown: (event) => {
            event.preventDefault();
            take(offer);
          },
        },
        h('b', {}, offer.label),
        offer.hint !== '' && h('span', { class: 'hint' }, offer.hint),
        offer.about !== '' && h('small', {}, offer.about),
      ),
    );
    fill(list, items);
    list.hidden = offers.length === 0;
    input.setAttribute('aria-expanded', String(offers.length > 0));
    if (offers.length > 0) input.setAttribute('aria-activedescendant', `${listId}-${chosen}`);
    else input.removeAttribute('aria-activedescendant');
    items[chosen]?.scrollIntoView({ block: 'nearest' });
  };
  function changed(): void {
    input.style.height = 'auto';
    // It has no height before it is on the page.
    if (input.isConnected) input.style.height = `${input.scrollHeight}px`;
    problem.textContent = '';
    const before = input.value.slice(0, input.selectionEnd);
    offers = [...completions(before, options.commands()), ...mentions(before, options.names())];
    chosen = 0;
    draw();
    const usage = usageFor(input.value, options.commands());
    fill(hint, usage && h('b', {}, usage.name), usage && ` ${usage.usage}`);
    button.disabled = input.value.trim() === '';
  }
  const send = async () => {
    const text = input.value.trim();
    if (text === '') return;
    past = [...past, text];
    input.value = '';
    changed();
    const why = await options.send(text);
    if (why === undefined) return;
    problem.textContent = why;
    if (input.value === '') input.value = text;
  };
  input.addEventListener('input', changed);
  input.addEventListener('blur', hide);
  input.addEventListener('keydown', (event) => {
    const offer = offers[chosen];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (offer && step !== undefined) {
      chosen = (chosen + step + offers.length) % offers.length;
      draw();
    } else if (offer && (event.key === 'Tab' || (event.key === 'Enter' && offer.insert.trim() !== input.value.trim())))
      take(offer);
    else if (offer && event.key === 'Escape') hide();
    else if (event.key === 'ArrowUp' && input.value === '' && past.length > 0) {
      input.value = past.at(-1) ?? '';
      changed();
      hide();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void send();
    else return;
    event.preventDefault();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  changed();
  return {
    element: form,
    setLabel(label) {
      input.setAttribute('aria-label', label);
      input.placeholder = label;
    },
    write(text) {
      input.value = text;
      changed();
      hide();
      input.focus();
      input.setSelectionRange(text.length, text.length);
    },
    focus: () => input.focus(),
  };
}
