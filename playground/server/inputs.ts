/** What a person fills into a modal, by block_id or action_id. */
export type Filled = Readonly<Record<string, string | readonly string[]>>;

interface InputBlock {
  readonly type: string;
  readonly block_id: string;
  readonly optional?: boolean;
  readonly label: { readonly text: string };
  readonly element: Element;
}

interface Element {
  readonly type: string;
  readonly action_id: string;
  readonly initial_value?: string;
  readonly initial_option?: { readonly value?: string };
  readonly options?: readonly { readonly value?: string }[];
  readonly option_groups?: readonly { readonly options: readonly { readonly value?: string }[] }[];
}

/** `state.values` of a submission. Throws where Slack's own form would not let the person submit. */
export function valuesOf(blocks: readonly unknown[], filled: Filled): Record<string, object> {
  const inputs = (blocks as InputBlock[]).filter((block) => block.type === 'input');
  const names = new Set(inputs.flatMap((block) => [block.block_id, block.element.action_id]));
  for (const name of Object.keys(filled)) if (!names.has(name)) throw new Error(`There is no field "${name}".`);
  return Object.fromEntries(
    inputs.map((block) => {
      const { element } = block;
      const given =
        filled[block.block_id] ?? filled[element.action_id] ?? element.initial_value ?? element.initial_option?.value;
      if (!block.optional && (given === undefined || given.length === 0))
        throw new Error(`"${block.label.text}" has to be filled in.`);
      return [block.block_id, { [element.action_id]: { type: element.type, ...stateOf(element, given) } }];
    }),
  );
}

function stateOf(element: Element, given: string | readonly string[] | undefined): object {
  const one = typeof given === 'string' ? given : given?.[0];
  const all = typeof given === 'string' ? [given] : (given ?? []);
  const pick = (value: string | undefined) => {
    if (value === undefined || value === '') return null;
    const options = element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
    const found = options.find((option) => option.value === value);
    if (!found) throw new Error(`There is no option "${value}".`);
    return found;
  };
  const select = /^(multi_)?(users|channels|conversations)_select$/u.exec(element.type);
  if (select) {
    const noun = select[2]?.replace(/s$/u, '') ?? '';
    return select[1] === undefined ? { [`selected_${noun}`]: one ?? null } : { [`selected_${noun}s`]: all };
  }
  if (element.type === 'static_select' || element.type === 'radio_buttons') return { selected_option: pick(one) };
  if (element.type === 'multi_static_select' || element.type === 'checkboxes')
    return { selected_options: all.map(pick) };
  if (element.type === 'datepicker') return { selected_date: one ?? null };
  if (element.type === 'timepicker') return { selected_time: one ?? null };
  return { value: one === undefined || one === '' ? null : one };
}
