import type { ModalView } from '@slack/types';
import type { LintForm } from '../../../handlers/images/lint/results.ts';
import { FORMS, type FormPlace, formFrame } from '../parts/form.ts';

/** What Slack takes in one field, in characters. */
const MOST_FIELD = 3000;

/** A Dockerfile to paste. */
export function lintForm({ line }: LintForm, place: FormPlace): ModalView {
  const plainText = (text: string) => ({ type: 'plain_text' as const, text });
  return {
    ...formFrame(FORMS.lint, { ...place, line }, 'Check a Dockerfile', 'Check'),
    blocks: [
      {
        type: 'input',
        block_id: 'text',
        label: plainText('Dockerfile'),
        hint: plainText(
          `Up to ${MOST_FIELD} characters, by Slack’s limit. A longer one: share the file in the channel with "@fairlead lint".`,
        ),
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          max_length: MOST_FIELD,
          placeholder: plainText('FROM node:22'),
        },
      },
    ],
  };
}
