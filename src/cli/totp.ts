import { loadEnvironment, recordKeys } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { openStore } from '../store/store.ts';
import { operator } from './operator.ts';

/** For a person whose device is gone: their one-time code is forgotten, and `/dock totp` sets up a new one. */
export async function totpCommand(args: readonly string[]): Promise<number> {
  const [what, person, ...rest] = args;
  if (what !== 'remove' || person === undefined || rest.length > 0)
    throw new UserError('bad_input', 'fairlead totp remove <user id>');
  const env = loadEnvironment(process.env);
  const store = await openStore(env.DATABASE_URL, { record: recordKeys(env), totp: env.FAIRLEAD_TOTP_KEY });
  try {
    const removed = await store.totp.remove(person, {
      at: Date.now(),
      kind: 'event',
      request: '',
      person,
      channel: '',
      team: '',
      source: 'cli',
      command: 'totp',
      line: `totp remove ${person}`,
      hosts: [],
      outcome: 'ok',
      operator: operator(),
      detail: 'removed at the command line',
    });
    process.stdout.write(removed ? `${person} has no one-time code any more.\n` : `${person} had none.\n`);
    return removed ? 0 : 1;
  } finally {
    await store.close();
  }
}
