import type { Answer } from '../../handlers/types.ts';
import { buttons, context, type Message, section } from '../blocks.ts';
import { sentence } from '../text.ts';

const SIGNS: Partial<Record<Extract<Answer, { kind: 'refused' }>['reason'], string>> = {
  not_permitted: ':no_entry:',
  not_configured: ':no_entry:',
  host_needed: ':grey_question:',
  ambiguous: ':grey_question:',
  internal: ':boom:',
  over_budget: ':hourglass:',
};

/** One line that says what is wrong, and one that says what to do about it. */
export function refusalView(answer: Extract<Answer, { kind: 'refused' }>): Message {
  const { choices } = answer;
  return {
    text: sentence(answer.text),
    blocks: [
      section(`${SIGNS[answer.reason] ?? ':warning:'} ${sentence(answer.text)}`),
      ...(answer.hint === undefined ? [] : [context(sentence(answer.hint))]),
      ...buttons(choices.map(({ label, line }) => ({ label, line: `/${line}` }))),
    ],
  };
}
