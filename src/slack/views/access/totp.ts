import { totp } from '../../../commands/access/totp.ts';
import type { TotpResult } from '../../../handlers/access/totp.ts';
import { totp as handler } from '../../../handlers/access/totp.ts';
import { buttons, type Message, section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { answer, form } from '../../reply/reply.ts';
import { totpForm } from './totp-form.ts';

/** Never the secret: that is in the form. */
export function totpView(result: TotpResult): Message {
  if (result.state === 'active') {
    const text = 'Your one-time code is set up; approvals that ask for it will take it.';
    return { text, blocks: [section(`:white_check_mark: ${text}`)] };
  }
  const text = 'Setting up a one-time code takes a form, and Slack could not open it from here.';
  return { text, blocks: [section(text), ...buttons([{ label: 'Open the form', line: '/dock totp' }])] };
}

export const totpCommand = command({
  spec: totp,
  handler,
  delivery: ['message', 'form'],
  view: (result) =>
    result.state === 'begun'
      ? form(({ channel, thread }) => totpForm(result, { channel, thread }), answer(totpView(result)))
      : answer(totpView(result)),
  progress: 'none',
  approval: 'none',
  opensForm: ({ args }) => args.code === undefined,
});
