import { UserError } from '../../../domain/errors.ts';
import { mayBreakGlass } from '../../../policy/break-glass.ts';
import { assertCodeValid } from '../../access/totp.ts';
import { approvalSubject, type Subject } from '../../approval/may-answer.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';

/** A permitted break-glass, with the second factor given. */
export interface Glass {
  /** Milliseconds until its review has to be signed. */
  readonly review: number;
  readonly factor: 'totp' | undefined;
}

/**
 * Throws a `UserError` when this person may not use break-glass, or gave no valid one-time code where one is required.
 * A valid code is used up.
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
