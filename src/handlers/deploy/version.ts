import semver from 'semver';

/** How far a version is from the one that runs, as semantic versioning counts; `other` when a tag is not such a version. */
export type VersionStep = 'first' | 'same' | 'patch' | 'minor' | 'major' | 'downgrade' | 'other';

/** Compares tags. Never coerced: `sha-abc123` or a date would pass for a version and be compared wrongly. */
export function versionStep(from: string | undefined, to: string | undefined): VersionStep {
  if (from === undefined) return 'first';
  if (from === to) return 'same';
  const [before, after] = [parse(from), parse(to)];
  if (!before || !after) return 'other';
  if (semver.lt(after, before)) return 'downgrade';
  const step = semver.diff(before, after);
  if (step === null) return 'same';
  return step.endsWith('major') ? 'major' : step.endsWith('minor') ? 'minor' : 'patch';
}

/** Versions first, newest to oldest, then what is not a version, by name. */
export function newestFirst(tags: readonly string[]): string[] {
  const versions = tags.filter((tag) => parse(tag)).sort((a, b) => semver.rcompare(parse(a) ?? a, parse(b) ?? b));
  const others = tags.filter((tag) => !parse(tag)).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return [...versions, ...others];
}

// A tag cannot hold `+`, so build metadata is written with `_`.
function parse(tag: string | undefined): semver.SemVer | null {
  return tag === undefined ? null : semver.parse(tag.replace('_', '+'));
}
