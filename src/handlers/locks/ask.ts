import type { AskArgs } from '../../commands/locks/ask.ts';
import { code, UserError } from '../../domain/errors.ts';
import { commandLine, phrase } from '../../domain/phrase.ts';
import { newNote } from '../deploy/card/new-note.ts';
import { knownService } from '../deploy/planning/known.ts';
import { handler } from '../handler.ts';

/** The holder is reminded this long before the end, or at half of a short lease. */
export const REMIND_MS = 15 * 60_000;

export interface AskedResult {
  readonly kind: 'holder-asked';
  readonly service: string;
  readonly owner: string;
  readonly audit: string;
}

export const ask = handler<AskArgs, AskedResult>()(['config', 'now', 'store'], async (request, deps) => {
  const { args, person, channel } = request;
  const { service } = args;
  const held = (await deps.store.locks.of(service, deps.now()))[0];
  if (!held) {
    knownService(service, request, deps.config);
    throw new UserError(
      'not_found',
      `${code(service)} is not locked.`,
      phrase`${commandLine(`lock ${service}`)} locks it.`,
    );
  }
  if (held.owner === person)
    throw new UserError(
      'bad_input',
      'You hold that lock yourself.',
      phrase`${commandLine(`unlock ${service}`)} releases it.`,
    );
  const note = { kind: 'lock-asked', service, token: held.token, by: person, channel } as const;
  await deps.store.outbox.add(newNote({ to: held.owner }, note, deps.now()));
  return { kind: 'holder-asked', service, owner: held.owner, audit: `asked ${held.owner} to release ${service}` };
});
