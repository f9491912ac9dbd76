import type { ActionsBlock } from '@slack/types';
import { buttons } from '../../block-kit/message.ts';

/** Ends what its person follows, by the id of the request that began it. */
export const stopButton = (id: string): ActionsBlock[] =>
  buttons([{ label: 'Stop', line: `/dock unfollow ${id}`, style: 'danger' }]);
