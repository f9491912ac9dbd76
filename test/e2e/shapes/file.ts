import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const FILE = 'fairlead.db';

/** The address of a new SQLite file in a folder. */
export const newFile = async (folder: string): Promise<string> => `file:${join(folder, FILE)}`;

/** The bytes of that file, with what is still on its way into it. */
export const bytesOf = async (_: string, folder: string): Promise<string> =>
  ['', '-wal'].map((end) => readFileSync(join(folder, `${FILE}${end}`), 'latin1')).join('');

/** Runs one statement on the file beside the bot. */
export async function writeInto(url: string, text: string, values: readonly (string | number)[]): Promise<void> {
  using db = new DatabaseSync(url.slice('file:'.length), { timeout: 10_000 });
  db.prepare(text).run(...values);
}
