import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputBundle } from 'rolldown';

/** A library that is part of the built files. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** As its package.json names it: an SPDX expression. */
  readonly license: string;
  /** The text of its license; empty where the library has no file of it. */
  readonly text: string;
}

/**
 * The first line of a built program. Node does not warn of what installed libraries do that is deprecated, but of these, as
 * they are part of it; it is for those who develop.
 */
export const quietLibraries = ({ isEntry }: { readonly isEntry: boolean }): string =>
  isEntry ? 'process.noDeprecation = true;' : '';

/** The libraries that are part of the built files, sorted by folder. Throws for one that names no license. */
export function librariesOf(bundle: OutputBundle): readonly Library[] {
  const modules = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(id) ?? []);
  return [...new Set(folders)].toSorted().map(libraryIn);
}

function libraryIn(folder: string): Library {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Library;
  if (typeof license !== 'string') throw new Error(`${name} names no license, so it cannot be bundled.`);
  const read = (pattern: string[]) => {
    const [file] = globSync(pattern, { cwd: folder });
    return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  };
  const text = read(['LICENSE*', 'License*', 'license*', 'LICENCE*']);
  return { name, version, license, text: text === '' ? inReadme(read(['README*', 'Readme*', 'readme*'])) : text };
}

const inReadme = (text: string): string => /^#+ *licen[sc]e\s+(.*)/ims.exec(text)?.[1]?.trim() ?? '';
