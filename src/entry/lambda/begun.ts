import { setImmediate as nextTurn } from 'node:timers/promises';
import { connectAhead } from '../../store/postgres/ahead.ts';
import { remembered } from './remembered.ts';
import { withSecrets } from './secrets.ts';

// What a function begins with as soon as this file is loaded, before all its other code: that takes most of a cold start, and
// what is here mostly waits for others.

/** The variables of the function, with those of its secret. */
export const given = remembered(() => withSecrets(process.env));

/** Its database. */
export const database = connectAhead(given().then(({ DATABASE_URL }) => DATABASE_URL));

/** Imports a part of the code. Before that, what has arrived is read and answered: an import keeps the event loop to its end. */
export async function imported<T>(load: () => Promise<T>): Promise<T> {
  await nextTurn();
  return load();
}
