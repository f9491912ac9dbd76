import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import type { Closed } from '../../store/approvals.ts';
import { noSuch } from './no-such.ts';

/** The error of a record that was changed outside Fairlead, or is from before records were signed. */
export function untrustedError(what: 'request' | 'deployment' | 'review'): UserError {
  return new UserError(
    'untrusted_record',
    `The record of that ${what} is not signed by Fairlead, so nothing was done.`,
    'Request it again. On the server, `fairlead audit verify` names the record.',
  );
}

/** A plan that will not hold again: the request for its approval is closed. */
export class StalePlan extends UserError {
  constructor(why: string) {
    super('conflict', why, 'Nothing was changed, and the request is closed. Make it again for a new plan.');
  }
}

/** What helps where the requester has lost the permission. */
export const OTHER_REQUESTER = 'Nothing was changed. Close this request; somebody who still may can make it again.';

/** The error of an approval or a rejection that comes too late. */
export function closedError(why: Closed, by: string | undefined): UserError {
  if (why === 'unknown') return noSuch('request');
  if (why === 'untrusted') return untrustedError('request');
  if (why === 'expired')
    return new UserError('expired', 'This request has expired. Nothing changed.', 'Request it again for a new plan.');
  if (why === 'stale')
    return new UserError(
      'already_decided',
      'This request is closed, since its plan was stale. Nothing changed.',
      'Request it again for a new plan.',
    );
  if (why === 'superseded')
    return new UserError(
      'already_decided',
      'This request is from an older Fairlead, which did not sign it.',
      'Request it again for a new plan.',
    );
  return new UserError(
    'already_decided',
    phrase`This request was already ${why === 'withdrawn' ? 'canceled' : why}${by === undefined ? '' : phrase` by ${mention(by)}`}.`,
  );
}
