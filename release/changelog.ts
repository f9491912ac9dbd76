/** One `## [version] - date` of CHANGELOG.md. */
export interface Section {
  /** `Unreleased`, or a version. */
  readonly version: string;
  /** `2026-11-28`; undefined for what is not released. */
  readonly date: string | undefined;
  /** Without its heading. */
  readonly text: string;
}

const HEADING = /^## \[(?<version>Unreleased|\d+\.\d+\.\d+(?:-[\w.]+)?)\](?: - (?<date>\d{4}-\d\d-\d\d))?$/u;
const KINDS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/**
 * The sections of a changelog, newest first. Throws for a heading that Keep a Changelog does not know, with its line.
 */
export function sectionsOf(changelog: string): readonly Section[] {
  const sections: { version: string; date: string | undefined; lines: string[] }[] = [];
  for (const [index, line] of changelog.split('\n').entries()) {
    const heading = HEADING.exec(line)?.groups;
    const kind = /^### (.*)$/u.exec(line)?.[1];
    if (heading) sections.push({ version: heading['version'] ?? '', date: heading['date'], lines: [] });
    else if (line.startsWith('## ') || (kind !== undefined && !KINDS.includes(kind)))
      throw new Error(`CHANGELOG.md, line ${index + 1}: unknown heading "${line}".`);
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ version, date, lines }) => ({ version, date, text: lines.join('\n').trim() }));
}
