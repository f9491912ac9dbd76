import { askConfirm, type Confirm } from '../dialog.ts';
import { fill, h } from '../dom.ts';
import { openMenu } from '../menu.ts';
import { channels, people } from '../names.ts';
import { drawText, plainOf, type TextObject } from '../text.ts';
import { externalOf } from './external.ts';
import type { Option, Press, Surface } from './surface.ts';

export interface Element {
  readonly type: string;
  readonly action_id: string;
  readonly text?: TextObject;
  readonly value?: string;
  readonly url?: string;
  readonly style?: string;
  readonly confirm?: Confirm;
  readonly accessibility_label?: string;
  readonly placeholder?: TextObject;
  readonly options?: readonly Option[];
  readonly option_groups?: readonly { readonly label: TextObject; readonly options: readonly Option[] }[];
  readonly initial_option?: Option;
  readonly initial_options?: readonly Option[];
}

/**
 * Draws an interactive element of an `actions` block or beside a section; undefined for a type this page does not
 * support.
 */
export function drawElement(element: Element, blockId: string, surface: Surface): HTMLElement | undefined {
  const press: Pressing = async (part, busy = () => undefined) => {
    if (element.confirm && !(await askConfirm(element.confirm))) return false;
    busy(true);
    await surface.press({ blockId, actionId: element.action_id, ...part }).finally(() => busy(false));
    return true;
  };
  switch (element.type) {
    case 'button':
      return drawButton(element, press);
    case 'overflow':
      return drawOverflow(element, press);
    case 'static_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return drawSelect(element, press);
    case 'multi_static_select':
    case 'checkboxes':
      return drawMany(element, press);
    case 'radio_buttons':
      return drawSelect(element, press);
    case 'external_select': {
      const control = externalOf(element, blockId, surface, () => void press({ selected: control.value() }));
      return control.box;
    }
    default:
      return undefined;
  }
}

type Pressing = (part: Pick<Press, 'value' | 'selected'>, busy?: (is: boolean) => void) => Promise<boolean>;

function drawButton(element: Element, press: Pressing): HTMLElement {
  const button = h(
    'button',
    { type: 'button', class: `button ${element.style ?? ''}`, 'aria-label': element.accessibility_label },
    drawText(element.text),
  );
  button.dataset['action'] = element.action_id;
  let isBusy = false;
  button.addEventListener('click', async () => {
    if (isBusy) return;
    if (element.url !== undefined && /^https?:/iu.test(element.url)) open(element.url, '_blank', 'noopener');
    // Pressed twice by a nervous finger, it is still one press; the app's own guard is tested elsewhere. Not while a
    // dialog asks: it gives the focus back to this button, which has to be able to take it.
    await press(element.value === undefined ? {} : { value: element.value }, (busy) => {
      isBusy = busy;
      // A disabled button would lose the focus, which keyboard users need.
      button.setAttribute('aria-disabled', String(busy));
      button.classList.toggle('busy', busy);
    });
  });
  return button;
}

function drawOverflow(element: Element, press: Pressing): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'button more',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    '⋯',
  );
  button.dataset['action'] = element.action_id;
  button.addEventListener('click', () =>
    openMenu(
      button,
      (element.options ?? []).map((option) => ({
        label: plainOf(option.text),
        description: option.description && plainOf(option.description),
        choose: () => void press({ selected: option.value ?? '' }),
      })),
    ),
  );
  return button;
}

/** The options of the selects that Slack fills itself: people and channels. */
function filled(element: Element): readonly Option[] {
  const own = (list: readonly { id: string; name: string }[], sign: string): Option[] =>
    list.map(({ id, name }) => ({ text: { type: 'plain_text', text: `${sign}${name}` }, value: id }));
  if (/users_select$/u.test(element.type)) return own(people(), '@');
  if (/(?:channels|conversations)_select$/u.test(element.type)) return own(channels(), '#');
  return element.options ?? [];
}

/** Draws a native select, which works on every phone and with every screen reader. */
export function selectOf(element: Element): HTMLSelectElement {
  const chosen = element.initial_option?.value;
  const draw = (option: Option) =>
    h('option', { value: option.value ?? '', selected: option.value === chosen }, plainOf(option.text));
  const groups = element.option_groups?.map((group) =>
    h('optgroup', { label: plainOf(group.label) }, group.options.map(draw)),
  );
  const label = plainOf(element.placeholder) || 'Choose';
  const select = h(
    'select',
    { class: 'select', 'aria-label': label },
    h('option', { value: '', disabled: true, selected: chosen === undefined }, label),
    groups ?? filled(element).map(draw),
  );
  select.dataset['action'] = element.action_id;
  return select;
}

function drawSelect(element: Element, press: Pressing): HTMLElement {
  const select = selectOf(element);
  let before = select.value;
  select.addEventListener('change', async () => {
    if (await press({ selected: select.value })) before = select.value;
    else select.value = before;
  });
  return select;
}

/**
 * Draws a button that shows the chosen options and opens a list of checkboxes. `changed` is called when the list
 * closes.
 */
export function manyOf(
  element: Element,
  changed: () => void = () => undefined,
): { box: HTMLElement; chosen(): string[] } {
  const initial = new Set(element.initial_options?.map((option) => option.value));
  const options = element.option_groups?.flatMap((group) => group.options) ?? filled(element);
  const label = plainOf(element.placeholder) || 'Choose';
  const ticks = options.map((option) =>
    h('input', { type: 'checkbox', value: option.value ?? '', checked: initial.has(option.value) }),
  );
  const summary = h('summary', { class: 'select' });
  const chosen = () => ticks.filter((tick) => tick.checked).map((tick) => tick.value);
  const say = () => {
    const names = options.filter((_, index) => ticks[index]?.checked).map((option) => plainOf(option.text));
    fill(summary, names.join(', ') || label);
  };
  let before = chosen().join('\n');
  const list = options.map((option, index) =>
    h(
      'label',
      {},
      ticks[index],
      h('span', {}, plainOf(option.text), option.description && h('small', {}, plainOf(option.description))),
    ),
  );
  const box = h('details', { class: 'many', onchange: say }, summary, h('fieldset', { 'aria-label': label }, list));
  box.dataset['action'] = element.action_id;
  box.addEventListener('toggle', () => {
    if (box.open || chosen().join('\n') === before) return;
    before = chosen().join('\n');
    changed();
  });
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !box.open) return;
    event.preventDefault();
    box.open = false;
    summary.focus();
  });
  say();
  return { box, chosen };
}

function drawMany(element: Element, press: Pressing): HTMLElement {
  const { box, chosen } = manyOf(element, () => void press({ selected: chosen() }));
  return box;
}
