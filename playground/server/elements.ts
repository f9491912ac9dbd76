/** An interactive element: a button, a select, a menu or an input. */
export interface Element {
  readonly type: string;
  readonly action_id: string;
  readonly block_id: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly value?: string;
  readonly placeholder?: object;
  readonly options?: readonly Option[];
  readonly option_groups?: readonly { readonly options: readonly Option[] }[];
  readonly initial_option?: Option;
  readonly initial_options?: readonly Option[];
  readonly initial_value?: string;
  readonly initial_date?: string;
  readonly initial_time?: string;
  readonly initial_date_time?: number;
  readonly initial_user?: string;
  readonly initial_users?: readonly string[];
  readonly initial_channel?: string;
  readonly initial_channels?: readonly string[];
  readonly initial_conversation?: string;
  readonly initial_conversations?: readonly string[];
  readonly max_selected_items?: number;
  readonly min_query_length?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly min_value?: string;
  readonly max_value?: string;
  readonly is_decimal_allowed?: boolean;
}

export interface Option {
  readonly text: { readonly type: string; readonly text: string };
  readonly value?: string;
}

/** Identifies an element by any of these. */
export interface Wanted {
  readonly blockId?: string;
  readonly actionId?: string;
  readonly value?: string;
  readonly label?: string;
}

export interface Field extends Element {
  readonly label: string;
  readonly optional: boolean;
}

interface Block {
  readonly type: string;
  readonly block_id: string;
  readonly elements?: unknown;
  readonly accessory?: object;
  readonly element?: object;
  readonly dispatch_action?: boolean;
  readonly optional?: boolean;
  readonly label?: { readonly text: string };
}

/** The elements that notify the app immediately: in `actions`, beside sections, and inputs with `dispatch_action`. */
export function pressablesOf(blocks: readonly unknown[]): Element[] {
  return (blocks as readonly Block[]).flatMap((block) => {
    const inside: readonly object[] =
      block.type === 'actions'
        ? (block.elements as readonly object[])
        : [block.accessory, block.dispatch_action ? block.element : undefined].filter((one) => one !== undefined);
    return inside.map((element) => ({ ...element, block_id: block.block_id }) as Element);
  });
}

/** The elements with a value, which submissions and clicks send along. */
export function statefulOf(blocks: readonly unknown[]): Element[] {
  return [
    ...pressablesOf(blocks).filter(({ type }) => !/^(?:button|overflow|image)$/u.test(type)),
    ...fieldsOf(blocks),
  ];
}

/** The input fields of a form. */
export function fieldsOf(blocks: readonly unknown[]): Field[] {
  return (blocks as readonly Block[]).flatMap((block) =>
    block.type === 'input'
      ? [
          {
            ...(block.element as Element),
            block_id: block.block_id,
            label: block.label?.text ?? '',
            optional: block.optional ?? false,
          },
        ]
      : [],
  );
}

export function findPressable(blocks: readonly unknown[], wanted: Wanted): Element | undefined {
  const { blockId, actionId, value, label } = wanted;
  if (actionId === undefined && value === undefined && label === undefined) return undefined;
  return pressablesOf(blocks).find(
    (one) =>
      one.type !== 'image' &&
      (blockId === undefined || one.block_id === blockId) &&
      (actionId === undefined || one.action_id === actionId) &&
      (value === undefined || one.value === value) &&
      (label === undefined || one.text?.text === label),
  );
}

/** All buttons, in the order in which they are shown. */
export function buttonsOf(blocks: readonly unknown[]): (Element & { readonly text: { readonly text: string } })[] {
  return pressablesOf(blocks).filter((one) => one.type === 'button') as ReturnType<typeof buttonsOf>;
}
