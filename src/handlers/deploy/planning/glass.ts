import { UserError } from '../../../domain/errors.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import { mayBreakGlass, signersOf } from '../../../policy/break-glass.ts';
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

/** What breaking the glass would mean, for a plan that is only shown. */
export interface GlassTerms {
  /** Groups that are mentioned, and of which one person signs the review. */
  readonly signers: readonly string[];
  /** Milliseconds until then; undefined where this person may not break the glass. */
  readonly review: number | undefined;
  /** Why they may not, or not yet. */
  readonly refused: { readonly why: string; readonly hint: Phrase } | undefined;
}

/** The terms of a break-glass by this person. Uses up no code. */
export function glassTerms(
  { membership, decision }: Pick<Request, 'membership' | 'decision'>,
  subject: Pick<Subject, 'command' | 'plan' | 'service'>,
  code: string | undefined,
  { config }: Pick<Deps, 'config'>,
): GlassTerms {
  const ask = { ...approvalSubject(subject), membership, decision };
  const verdict = mayBreakGlass({ ...ask, factor: code === undefined ? undefined : 'totp' }, config);
  return {
    signers: signersOf(ask, config),
    review: verdict.may ? verdict.review : undefined,
    refused: verdict.may ? undefined : verdict,
  };
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
