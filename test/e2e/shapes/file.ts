import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'fairlead.db';

/** The address of a new SQLite file in a folder. */
export const newFile = async (folder: string): Promise<string> => `file:${join(folder, FILE)}`;

/** The bytes of that file, with what is still on its way into it. */
export const bytesOf = async (_: string, folder: string): Promise<string> =>
  ['', '-wal'].map((end) => readFileSync(join(folder, `${FILE}${end}`), 'latin1')).join('');
