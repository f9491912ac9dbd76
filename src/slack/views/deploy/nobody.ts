import type { KnownBlock } from '@slack/types';
import type { NobodyCan } from '../../../handlers/approval/nobody-can.ts';
import { context, sections } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { pieces } from '../../block-kit/pieces.ts';

/** A warning before anything is asked, and what to do instead; nothing where somebody can approve. */
export function nobodyBlocks(nobody: NobodyCan | undefined): KnownBlock[] {
  if (!nobody) return [];
  return [...sections(pieces(`:warning: ${mrkdwn(nobody.why)}`)), context(mrkdwn(nobody.hint))];
}
