import type { Pressed } from './payloads.ts';

/** Which button: by any of these. */
export interface Wanted {
  readonly actionId?: string;
  readonly value?: string;
  readonly label?: string;
}

export interface Button extends Pressed {
  readonly text: { readonly type: string; readonly text: string };
}

interface Element {
  readonly type?: string;
}

/** Every button in blocks: in actions, and beside sections. */
export function buttonsOf(blocks: readonly unknown[]): Button[] {
  return blocks.flatMap((raw) => {
    const block = raw as { block_id: string; elements?: unknown; accessory?: Element };
    const elements = Array.isArray(block.elements) ? (block.elements as Element[]) : [];
    return [...elements, ...(block.accessory ? [block.accessory] : [])]
      .filter((element) => element.type === 'button')
      .map((element) => ({ action_id: '', ...element, block_id: block.block_id }) as Button);
  });
}

export function findButton(blocks: readonly unknown[], wanted: Wanted): Button | undefined {
  const { actionId, value, label } = wanted;
  if (actionId === undefined && value === undefined && label === undefined) return undefined;
  return buttonsOf(blocks).find(
    (button) =>
      (actionId === undefined || button.action_id === actionId) &&
      (value === undefined || button.value === value) &&
      (label === undefined || button.text.text === label),
  );
}
