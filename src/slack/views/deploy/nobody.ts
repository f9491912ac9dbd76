import type { KnownBlock } from '@slack/types';
import type { NobodyCan } from '../../../handlers/approval/nobody.ts';
import { context, sections } from '../../block-kit/message.ts';
import { pieces } from '../../block-kit/pieces.ts';
import { sentence } from '../../block-kit/text.ts';

/** A warning before anything is asked, and what to do instead; nothing where somebody can approve. */
export function nobodyBlocks(nobody: NobodyCan | undefined): KnownBlock[] {
  if (!nobody) return [];
  return [...sections(pieces(`:warning: ${sentence(nobody.why)}`)), context(sentence(nobody.hint))];
}
