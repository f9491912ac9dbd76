import type { ModalView } from '@slack/types';
import { preformatted, section } from '../../block-kit/message.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

/** Shows the secret of an authenticator once, and takes the first code that it makes. */
export function totpForm(
  { secret, uri }: { readonly secret: string; readonly uri: string },
  place: FormPlace,
): ModalView {
  return {
    ...formFrame(FORMS.totp, place, 'One-time code', 'Confirm'),
    blocks: [
      section('Add this secret to your authenticator app. It is shown only here, and only until you close this form.'),
      preformatted(secret),
      section('Some apps take the whole address instead:'),
      preformatted(uri),
      {
        type: 'input',
        block_id: 'code',
        label: { type: 'plain_text', text: 'The six digits it shows' },
        element: { type: 'plain_text_input', action_id: 'code', min_length: 6, max_length: 6 },
      },
    ],
  };
}
