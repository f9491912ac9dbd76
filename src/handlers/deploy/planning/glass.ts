import { UserError } from '../../../domain/errors.ts';
import { mayBreakGlass } from '../../../policy/break-glass.ts';
import { assertCodeValid } from '../../access/totp.ts';
import { approvalSubject, type Subject } from '../../approval/may-answer.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';

/** That a person may break the glass, and with what they have proved themselves. */
export interface Glass {
  /** Milliseconds until the review of it has to be signed. */
  readonly review: number;
  readonly factor: 'totp' | undefined;
}

/**
 * Throws a `UserError` when this person may not go by without approval, or has to give a one-time code and gave none or a
 * wrong one. A right code is used up by this.
 */
export async function mustBreakGlass(
  { membership, decision, person }: Request,
  subject: Pick<Subject, 'command' | 'plan' | 'service'>,
  code: string | undefined,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<Glass> {
  const ask = { ...approvalSubject(subject), membership, decision };
  const verdict = mayBreakGlass(ask, deps.config);
  if (verdict.may) return { review: verdict.review, factor: undefined };
  const proven = mayBreakGlass({ ...ask, factor: 'totp' }, deps.config);
  if (!proven.may || code === undefined) throw new UserError('not_permitted', verdict.why, verdict.hint);
  assertCodeValid(await deps.store.totp.check(person, code, deps.now()), deps.now());
  return { review: proven.review, factor: 'totp' };
}
