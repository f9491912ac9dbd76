import type { ActionsBlock } from '@slack/types';
import { buttons, type Press } from '../../block-kit/message.ts';

const BLOCK = /^card-([0-9A-Za-z]{1,40})$/u;

/** Names the block of buttons that answer a request: a click tells from it which request its message shows. */
export const blockOfRequest = (id: string): string => `card-${id}`;

/** The request whose buttons are in a block; undefined for any other block. */
export const requestOfBlock = (block: string): string | undefined => BLOCK.exec(block)?.[1];

/** The buttons that answer a request. */
export function answerButtons(id: string, yes: Omit<Press, 'line'>): ActionsBlock[] {
  return buttons([
    { ...yes, line: `/dock approve ${id}` },
    { label: 'Cancel', line: `/dock reject ${id}` },
  ]).map((block) => ({ ...block, block_id: blockOfRequest(id) }));
}
