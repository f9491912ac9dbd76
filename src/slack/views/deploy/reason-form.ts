import type { ModalView } from '@slack/types';
import type { ReasonResult } from '../../../handlers/deploy/reject.ts';
import { section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

/** Asks for the reason a command line needs. */
export function reasonForm({ line, question }: Pick<ReasonResult, 'line' | 'question'>, place: FormPlace): ModalView {
  const [title, submit] = /^dock reject/u.test(line) ? ['Reject', 'Reject'] : ['Reason', 'Send'];
  return {
    ...formFrame(FORMS.reason, { ...place, line }, title, submit),
    blocks: [
      section(mrkdwn(question)),
      {
        type: 'input',
        block_id: 'reason',
        label: { type: 'plain_text', text: 'Reason' },
        element: { type: 'plain_text_input', action_id: 'reason', min_length: 1, max_length: 300, focus_on_load: true },
      },
    ],
  };
}
