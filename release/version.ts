import type { Section } from './changelog.ts';

export interface Release {
  /** The git tag, `v0.1.0`. Without one, the release is still being prepared. */
  readonly tag?: string | undefined;
  /** The version in package.json. */
  readonly version: string;
  /** The sections of the changelog, newest first. */
  readonly sections: readonly Section[];
}

/** The section that describes the release: the newest with any text. */
export function notesOf({ sections }: Pick<Release, 'sections'>): Section | undefined {
  return sections.find(({ text }) => text !== '');
}

/** What keeps a release from being published, a sentence each: tag, package and changelog have to name one version. */
export function problemsOf(release: Release): readonly string[] {
  const { tag, version } = release;
  const problems: string[] = [];
  if (tag !== undefined && tag !== `v${version}`)
    problems.push(`The tag is ${tag}, but package.json says ${version}: the tag should be v${version}.`);
  const notes = notesOf(release);
  if (notes === undefined) return [...problems, 'CHANGELOG.md has no entries.'];
  if (notes.version === 'Unreleased') {
    if (tag !== undefined)
      problems.push(`CHANGELOG.md has unreleased entries: move them under "## [${version}] - <date>".`);
    return problems;
  }
  if (notes.version !== version)
    problems.push(`The newest version in CHANGELOG.md is ${notes.version}, but package.json says ${version}.`);
  if (notes.date === undefined) problems.push(`CHANGELOG.md: ${notes.version} has no date.`);
  return problems;
}
