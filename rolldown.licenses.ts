import type { Library } from './rolldown.libraries.ts';

/** The licenses of libraries, as one text: `NAME VERSION`, then the text of its license. */
export function licensesText(libraries: readonly Library[]): string {
  const texts = new Map(
    libraries.map(({ license, text }) => [license, text] as const).filter(([, text]) => text !== ''),
  );
  return libraries.map((library) => entryOf(library, texts)).join('\n');
}

/** Some libraries only name their license: Apache's is the same for all, others are given as they name it. */
function entryOf({ name, version, license, text }: Library, texts: ReadonlyMap<string, string>): string {
  const shared = license === 'Apache-2.0' ? texts.get(license) : undefined;
  const named = `Licensed under ${license}, without its text in the package.`;
  return `${name} ${version}\n\n${text === '' ? (shared ?? named) : text}\n`;
}
