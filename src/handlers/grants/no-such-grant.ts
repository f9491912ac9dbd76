import type { GrantArgs } from '../../commands/grants/grant.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { mayEnd } from './may-end.ts';

/** Buttons of one message. */
const MOST_CHOICES = 5;

/** The error of a grant that is to be ended and does not exist, or was not named, with a button for each that can be. */
export async function noSuchGrant(
  request: Request<GrantArgs>,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<UserError> {
  const { target } = request.args;
  const active = await deps.store.execGrants.active({ now: deps.now() });
  const may = await Promise.all(active.map((one) => mayEnd(request, one, deps)));
  const here = active.filter((_, index) => may[index]);
  const named = here.filter(({ container }) => container === target);
  const meant = named.length > 0 ? named : here;
  const choices = meant.slice(0, MOST_CHOICES).map((one) => ({
    label: `End ${one.container} on ${one.host}`,
    line: `grant end ${one.id}`,
  }));
  if (here.length === 0) return new UserError('not_found', 'Nobody has a grant here now.');
  const what = target === undefined || named.length > 0 ? 'Which grant?' : `There is no grant ${code(target)} here.`;
  return new UserError('not_found', what, phrase`Press one; ${commandLine('grants')} lists them all.`, { choices });
}
