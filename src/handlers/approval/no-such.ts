import { UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';

/** A card belongs to its channel: an id carried elsewhere says nothing there, not even that it exists. */
export function noSuch(what: 'request' | 'deploy'): UserError {
  const approvals = commandLine('approvals');
  const where =
    what === 'request' ? phrase`${approvals} lists` : phrase`${commandLine('deployments')} and ${approvals} list`;
  return new UserError('not_found', `There is no such ${what} in this channel.`, phrase`${where} the open ones.`);
}
