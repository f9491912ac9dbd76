import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import type { Closed } from '../../store/approvals.ts';
import { noSuch } from './no-such.ts';

/** Its record was changed by something other than Fairlead, or is from before records were signed. */
export function untrustedError(what: 'question' | 'deployment' | 'review'): UserError {
  return new UserError(
    'untrusted_record',
    `The record of that ${what} is not signed by Fairlead, so nothing was done.`,
    'Request it again. On the server, `fairlead audit verify` names the record.',
  );
}

/** Why a question takes no answer any more. */
export function closedError(why: Closed, by: string | undefined): UserError {
  if (why === 'unknown') return noSuch('question');
  if (why === 'untrusted') return untrustedError('question');
  if (why === 'expired')
    return new UserError(
      'expired',
      'That request has expired; nothing was changed.',
      'Request it again for a new plan.',
    );
  if (why === 'superseded')
    return new UserError(
      'already_decided',
      'That plan is stale: a host changed since it was made.',
      'Request it again for a new plan.',
    );
  return new UserError(
    'already_decided',
    phrase`That was already ${why}${by === undefined ? '' : phrase` by ${mention(by)}`}.`,
  );
}
