import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version in the package's own package.json, from the source and from what is built. */
export function version(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const { version: own } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return own;
}
