import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputBundle } from 'rolldown';

/** The licenses of the libraries that are part of the built files. Throws for one that has none. */
export function licensesOf(bundle: OutputBundle): string {
  const modules = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(id) ?? []);
  const libraries = [...new Set(folders)].toSorted().map(libraryIn);
  const texts = new Map(
    libraries.map(({ license, text }) => [license, text] as const).filter(([, text]) => text !== ''),
  );
  return libraries.map((library) => entryOf(library, texts)).join('\n');
}

interface Library {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Empty where the library has no file of it. */
  readonly text: string;
}

function libraryIn(folder: string): Library {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Library;
  const read = (pattern: string[]) => {
    const [file] = globSync(pattern, { cwd: folder });
    return file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
  };
  const text = read(['LICENSE*', 'License*', 'license*', 'LICENCE*']);
  return { name, version, license, text: text === '' ? inReadme(read(['README*', 'Readme*', 'readme*'])) : text };
}

const inReadme = (text: string): string => /^#+ *licen[sc]e\s+(.*)/ims.exec(text)?.[1]?.trim() ?? '';

/** Some libraries only name their license: Apache's is the same for all, others are given as they name it. */
function entryOf({ name, version, license, text }: Library, texts: ReadonlyMap<string, string>): string {
  if (text === '' && typeof license !== 'string') throw new Error(`${name} has no license, so it cannot be bundled.`);
  const shared = license === 'Apache-2.0' ? texts.get(license) : undefined;
  const named = `Licensed under ${license}, without its text in the package.`;
  return `${name} ${version}\n\n${text === '' ? (shared ?? named) : text}\n`;
}
