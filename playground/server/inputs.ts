import { type Element, fieldsOf, type Option, statefulOf } from './elements.ts';
import type { State } from './state.ts';

/** The value that a person chose or typed; several where the element allows it. */
export type Given = string | readonly string[];
/** The values of a modal's fields, by block_id or action_id. */
export type Filled = Readonly<Record<string, Given>>;
/** The options that are not in the element itself: people, channels, and what the app offered. */
export interface Choosable {
  readonly state: Pick<State, 'people' | 'channels'>;
  /** The options that the app offered for an external select, newest first. */
  offered(element: Element): readonly Option[];
}

/**
 * Builds `state.values` of a submission: the values filled in now, over those chosen before. Throws where Slack's form
 * would not let the person submit.
 */
export function valuesOf(
  blocks: readonly unknown[],
  filled: Filled,
  before: Filled,
  known: Choosable,
): Record<string, object> {
  const fields = fieldsOf(blocks);
  const names = new Set(fields.flatMap((field) => [field.block_id, field.action_id]));
  for (const name of Object.keys(filled)) if (!names.has(name)) throw new Error(`There is no field "${name}".`);
  for (const field of fields) {
    const given = givenFor(field, filled) ?? givenFor(field, before) ?? initialOf(field);
    if (!field.optional && (given === undefined || given.length === 0))
      throw new Error(`"${field.label}" has to be filled in.`);
  }
  const now = fields.flatMap((field) => {
    const given = givenFor(field, filled);
    return given === undefined ? [] : [[`${field.block_id} ${field.action_id}`, given] as const];
  });
  return stateValues(blocks, { ...before, ...Object.fromEntries(now) }, known);
}

/** Builds `state.values` of all elements in blocks: the chosen or typed values, else the initial ones. */
export function stateValues(blocks: readonly unknown[], filled: Filled, known: Choosable): Record<string, object> {
  const values: Record<string, Record<string, object>> = {};
  for (const element of statefulOf(blocks)) {
    const { type, block_id, action_id } = element;
    const given = givenFor(element, filled) ?? initialOf(element);
    values[block_id] = { ...values[block_id], [action_id]: { type, ...chosen(element, given, known) } };
  }
  return values;
}

function givenFor({ block_id, action_id }: Element, filled: Filled): Given | undefined {
  return filled[`${block_id} ${action_id}`] ?? filled[block_id] ?? filled[action_id];
}

function initialOf(element: Element): Given | undefined {
  const many = element.initial_options?.map(({ value = '' }) => value);
  const date = element.initial_date_time?.toString() ?? element.initial_date ?? element.initial_time;
  const place = element.initial_user ?? element.initial_channel ?? element.initial_conversation;
  const places = element.initial_users ?? element.initial_channels ?? element.initial_conversations;
  return element.initial_value ?? element.initial_option?.value ?? many ?? date ?? place ?? places;
}

/** The part of a payload that says what was chosen. Throws where Slack's client would not let the person choose it. */
export function chosen(element: Element, given: Given | undefined, known: Choosable): object {
  const { type } = element;
  const all = typeof given === 'string' ? [given].filter((one) => one !== '') : (given ?? []);
  const [one] = all;
  if (type.startsWith('multi_') || type === 'checkboxes') {
    const most = element.max_selected_items ?? Number.POSITIVE_INFINITY;
    if (all.length > most) throw new Error(`No more than ${most} can be chosen.`);
  } else if (all.length > 1) throw new Error(`A ${type} takes one value.`);
  const select = /^(multi_)?(users|channels|conversations)_select$/u.exec(type);
  if (select) {
    const noun = select[2]?.replace(/s$/u, '') ?? '';
    const there = noun === 'user' ? known.state.people : known.state.channels;
    for (const id of all) if (!there.has(id)) throw new Error(`There is no ${noun} ${id}.`);
    return select[1] === undefined ? { [`selected_${noun}`]: one ?? null } : { [`selected_${noun}s`]: all };
  }
  switch (type) {
    case 'overflow':
    case 'static_select':
    case 'radio_buttons':
    case 'external_select':
      return { selected_option: one === undefined ? null : optionOf(element, one, known) };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { selected_options: all.map((value) => optionOf(element, value, known)) };
    case 'datepicker':
      return { selected_date: one === undefined ? null : must(one, /^\d{4}-\d\d-\d\d$/u) };
    case 'timepicker':
      return { selected_time: one === undefined ? null : must(one, /^\d\d:\d\d$/u) };
    case 'datetimepicker':
      return { selected_date_time: one === undefined ? null : Number(must(one, /^\d{10}$/u)) };
    default:
      return { value: one === undefined ? null : typed(element, one) };
  }
}

function optionOf(element: Element, value: string, known: Choosable): Option {
  const { options, option_groups: groups, initial_option: first, initial_options: firsts = [] } = element;
  const own = options ?? groups?.flatMap((group) => group.options);
  const all = own ?? [...known.offered(element), ...(first ? [first] : []), ...firsts];
  const found = all.find((option) => option.value === value);
  if (!found) throw new Error(`There is no option "${value}".`);
  return found;
}

function must(text: string, pattern: RegExp): string {
  if (!pattern.test(text)) throw new Error(`"${text}" cannot be picked.`);
  return text;
}

function typed(element: Element, text: string): string {
  const { min_length: least = 0, max_length: most = 3000 } = element;
  if (text.length < least || text.length > most) throw new Error(`Takes ${least} to ${most} characters.`);
  if (element.type === 'number_input') {
    const decimal = element.is_decimal_allowed ?? false;
    const { min_value: low = '-Infinity', max_value: high = 'Infinity' } = element;
    const fits = (decimal ? /^-?\d+(?:\.\d+)?$/u : /^-?\d+$/u).test(text);
    if (!fits || Number(text) < Number(low) || Number(text) > Number(high))
      throw new Error(`"${text}" is not a number here.`);
  }
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/u.test(text)) throw new Error('That is not an address.');
  if (element.type === 'url_text_input' && !URL.canParse(text)) throw new Error('That is not a URL.');
  return text;
}
