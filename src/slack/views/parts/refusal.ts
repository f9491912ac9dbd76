import type { Refused } from '../../../handlers/answer.ts';
import { buttons, context, type Message, sections } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { pieces } from '../../block-kit/pieces.ts';

const SIGNS: Partial<Record<Refused['reason'], string>> = {
  not_permitted: ':no_entry:',
  not_configured: ':no_entry:',
  host_needed: ':grey_question:',
  ambiguous: ':grey_question:',
  internal: ':boom:',
  over_budget: ':hourglass:',
};

/** A longer one does not fit into a context block. */
const SHORT_HINT = 1800;

/** One line that says what is wrong, and one that says what to do about it. */
export function refusalView(answer: Refused): Message {
  const { choices } = answer;
  const hint = answer.hint === undefined ? undefined : mrkdwn(answer.hint);
  return {
    text: mrkdwn(answer.text),
    blocks: [
      ...sections(pieces(`${SIGNS[answer.reason] ?? ':warning:'} ${mrkdwn(answer.text)}`)),
      ...(hint === undefined ? [] : hint.length <= SHORT_HINT ? [context(hint)] : sections(pieces(hint))),
      ...buttons(choices.map(({ label, line }) => ({ label, line: `/${line}` }))),
    ],
  };
}
