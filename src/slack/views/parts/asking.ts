import type { ActionsBlock } from '@slack/types';
import type { Approver } from '../../../handlers/approval/approver.ts';
import { buttons, type Press } from '../../block-kit/message.ts';
import { clock } from '../../block-kit/text.ts';
import { mention } from './mention.ts';

const BLOCK = /^card-([0-9A-Za-z]{1,40})$/u;

/** Names the block of buttons that answer a request: a click tells from it which request its message shows. */
export const blockOfRequest = (id: string): string => `card-${id}`;

/** The request whose buttons are in a block; undefined for any other block. */
export const requestOfBlock = (block: string): string | undefined => BLOCK.exec(block)?.[1];

/** Who may approve what is never done without an approval. The config had a rule when it was asked. */
export function whoApproves({
  from,
  expiresAt,
}: {
  readonly from: readonly Approver[];
  readonly expiresAt: number;
}): string {
  return from.length === 0
    ? 'Nobody can approve it now: no rule of the config says who approves it.'
    : `Needs approval from ${from.map(mention).join(' or ')} until ${clock(expiresAt)}.`;
}

/**
 * The buttons that answer a request: Approve and Reject. Where nobody else has to approve it, its requester confirms it
 * with the button `alone`, or cancels it.
 */
export function answerButtons(
  id: string,
  { alone, ...yes }: Omit<Press, 'line' | 'label'> & { readonly alone?: string | undefined },
): ActionsBlock[] {
  return buttons([
    { ...yes, label: alone ?? 'Approve', line: `/dock approve ${id}` },
    { label: alone === undefined ? 'Reject' : 'Cancel', line: `/dock reject ${id}` },
  ]).map((block) => ({ ...block, block_id: blockOfRequest(id) }));
}
