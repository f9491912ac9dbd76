import { sayMoment } from '../../domain/duration.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, mention, phrase } from '../../domain/phrase.ts';
import type { Lock } from '../../store/locks.ts';
import { knownService } from '../deploy/planning/known.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';

/** Who says that a lock is theirs, and where. */
export type Holder = Pick<Request, 'person' | 'channel' | 'membership'>;

/** The lock of a person on a service, and the very one a card is about; otherwise says how it stands. */
export async function theirs(
  service: string,
  request: Holder,
  of: string | undefined,
  deps: Pick<Deps, 'config' | 'now' | 'store'>,
): Promise<Lock> {
  const { person } = request;
  const held = await deps.store.locks.of(service, deps.now());
  const mine = held.find(({ owner }) => owner === person);
  const other = held.find(({ owner }) => owner !== person);
  if (mine && (of === undefined || mine.token === of)) return mine;
  if (mine)
    throw new UserError(
      'not_found',
      `The lock of that card is over. You hold another one on ${code(service)}, until ${sayMoment(mine.until)}.`,
      phrase`${commandLine(`unlock ${service}`)} releases it.`,
    );
  if (other)
    throw new UserError(
      'not_permitted',
      phrase`${code(service)} is locked by ${mention(other.owner)} until ${sayMoment(other.until)}, not by you.`,
      phrase`${commandLine(`lock ${service} --take --reason …`)} takes it over.`,
      {
        choices: [
          { label: 'Wait in line', line: `dock lock ${service} --queue` },
          { label: 'Ask the holder', line: `dock ask ${service}` },
        ],
      },
    );
  knownService(service, request, deps.config);
  throw new UserError(
    'not_found',
    `${code(service)} is not locked.`,
    phrase`${commandLine(`lock ${service}`)} locks it.`,
  );
}

export function changedHands(): UserError {
  return new UserError('busy', 'That lock has just changed hands.', phrase`See ${commandLine('locks')}.`);
}
