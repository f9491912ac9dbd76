import type { AnsweredResult, CodeResult } from '../../handlers/deploy/vote.ts';
import type { TotpResult } from '../../handlers/totp.ts';
import { type Message, section } from '../blocks.ts';
import { inline } from '../text.ts';

/** A word to whoever answered a card; what it came to is on the card, for everybody. */
export function answeredView(result: AnsweredResult | CodeResult): Message {
  const text =
    result.kind === 'answered'
      ? result.text
      : 'A yes here needs a one-time code. Say it with `--code`, or click the card again for a form.';
  return { text: text.replaceAll('`', ''), blocks: [section(text)] };
}

export function totpView(result: TotpResult): Message {
  const text =
    result.state === 'sent'
      ? `I sent you what your authenticator needs in a direct message. Then say ${inline('/dock totp 123456')} with its six digits.`
      : ':white_check_mark: Your one-time code is set up; approvals that ask for it will take it.';
  return { text: text.replaceAll('`', '').replace(/^:\w+: /u, ''), blocks: [section(text)] };
}
