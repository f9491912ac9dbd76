import type { ReasonResult } from '../../handlers/answer.ts';
import type { AnsweredResult, CodeResult } from '../../handlers/deploy/vote.ts';
import type { TotpResult } from '../../handlers/totp.ts';
import { buttons, type Message, section } from '../blocks.ts';
import { inline } from '../text.ts';

/** A word to whoever answered a card; what it came to is on the card, for everybody. */
export function answeredView(result: AnsweredResult | CodeResult | ReasonResult): Message {
  if (result.kind === 'reason') return reasonNeeded(result);
  const text =
    result.kind === 'answered'
      ? result.text
      : 'A yes here needs a one-time code. Say it with `--code`, or click the card again for a form.';
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

// Where no form can be opened.
function reasonNeeded({ line }: ReasonResult): Message {
  const text = `A reason is needed. Say it with ${inline(`/${line} --reason "…"`)}.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

/** Never the secret: that is in the form. */
export function totpView(result: TotpResult): Message {
  if (result.state === 'active') {
    const text = 'Your one-time code is set up; approvals that ask for it will take it.';
    return { text, blocks: [section(`:white_check_mark: ${text}`)] };
  }
  const text = 'Setting up a one-time code takes a form, and Slack could not open it from here.';
  return { text, blocks: [section(text), ...buttons([{ label: 'Open the form', line: '/dock totp' }])] };
}
