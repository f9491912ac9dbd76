import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const kb = (files: Iterable<string>) => [...files].reduce((sum, file) => sum + statSync(file).size, 0) / 1000;

/** The size of bundled files and of the chunks that they import when they are loaded, not of those that they import later. */
export function loadedKb(files: readonly string[]): number {
  const loaded = new Set(files);
  for (const one of loaded)
    for (const [, path = ''] of readFileSync(one, 'utf8').matchAll(/(?:\bfrom|\bimport) ?"(\.[^"]+)"/gu))
      loaded.add(join(dirname(one), path));
  return kb(loaded);
}

/** The size of all code in a folder. */
export function allKb(folder: string): number {
  return kb(globSync(`${folder}/**/*.mjs`));
}
