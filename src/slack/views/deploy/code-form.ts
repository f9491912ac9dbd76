import type { ModalView } from '@slack/types';
import { slash } from '../../block-kit/commands.ts';
import { section } from '../../block-kit/message.ts';
import { prose } from '../../block-kit/text.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

/** Asks for the one-time code an approval needs. */
export function codeForm(question: string, place: FormPlace): ModalView {
  return {
    ...formFrame(FORMS.code, place, 'Approve', 'Approve'),
    blocks: [
      section(prose(question)),
      {
        type: 'input',
        block_id: 'code',
        label: { type: 'plain_text', text: 'One-time code' },
        hint: { type: 'plain_text', text: `Six digits from your authenticator. ${slash('totp')} sets one up.` },
        element: { type: 'plain_text_input', action_id: 'code', min_length: 6, max_length: 6 },
      },
    ],
  };
}
