import type { TotpArgs } from '../../commands/access/totp.ts';
import { sayDuration } from '../../domain/duration.ts';
import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Checked } from '../../store/totp.ts';
import { handler } from '../handler.ts';

/** `secret` and `uri` are shown once, in a form that only this person sees: a message would keep them. */
export type TotpResult =
  | {
      readonly kind: 'totp';
      readonly state: 'begun';
      readonly secret: string;
      readonly uri: string;
      readonly audit: string;
    }
  | { readonly kind: 'totp'; readonly state: 'active'; readonly audit: string };

/** Sets up the one-time code some approvals ask for: a secret in a form, then the first code it makes. */
export const totp = handler<TotpArgs, TotpResult>()(['now', 'store'], async ({ args, person, source }, deps) => {
  if (source === 'cli')
    throw new UserError(
      'not_permitted',
      'A one-time code is set up by its person in Slack, not at a command line.',
      phrase`Type ${commandLine('totp')} in Slack.`,
    );
  const { totp: codes } = deps.store;
  const at = deps.now();
  if (args.code !== undefined) {
    if (await codes.enrolled(person))
      throw new UserError(
        'already_decided',
        'Your one-time code is set up already.',
        'Give it where an approval asks for it.',
      );
    assertCodeValid(await codes.confirm(person, args.code, at), at);
    return { kind: 'totp', state: 'active', audit: `${person} enrolled a second factor` };
  }
  const begun = await codes.begin(person, person, at);
  if (!begun)
    throw new UserError(
      'already_decided',
      'Your one-time code is set up already.',
      'Lost the device? An admin of Fairlead removes the code on the server: `fairlead totp remove <your id>`.',
    );
  return { kind: 'totp', state: 'begun', ...begun, audit: `${person} asked for a second factor` };
});

/** Throws a `UserError` unless the code was right. */
export function assertCodeValid(checked: Checked, now: number): void {
  if (checked.ok) return;
  if (checked.why === 'not_enrolled')
    throw new UserError('bad_code', 'You have no one-time code yet.', phrase`${commandLine('totp')} sets one up.`);
  if (checked.why === 'locked')
    throw new UserError(
      'bad_code',
      `Too many wrong codes: yours is locked for ${sayDuration(checked.until - now)}.`,
      'It opens by itself.',
    );
  const left = `${checked.left} ${checked.left === 1 ? 'try' : 'tries'} left.`;
  if (checked.why === 'used')
    throw new UserError('bad_code', `That code was used before. ${left}`, 'Wait for the next one; each is good once.');
  throw new UserError('bad_code', `That is not the code. ${left}`, 'Is the clock of your device right?');
}
