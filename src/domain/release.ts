import semver from 'semver';
import { versionIn } from './version.ts';

/**
 * How a tag is treated. A `release` is a full semantic version and always the same image: `1.4.2`, `v1.4.2`. A `prerelease`
 * has something behind it: `1.5.0-alpha`. Every other tag is `moving`: `1.4`, `latest`, `stable`.
 */
export type TagKind = 'release' | 'prerelease' | 'moving';

export function kindOfTag(tag: string): TagKind {
  const version = versionIn(tag);
  if (version === null) return 'moving';
  return version.prerelease.length === 0 ? 'release' : 'prerelease';
}

export interface NextVersion {
  readonly bump: 'patch' | 'minor' | 'major';
  readonly tag: string;
}

/** A date is not counted up. */
const counted = (tag: string) => (/[v.]0\d/u.test(`v${tag}`) ? null : versionIn(tag));

const BUMPS = ['patch', 'minor', 'major'] as const;

/**
 * The next patch, minor and major release after a tag, beyond the releases in `taken`; of a pre-release, the release that
 * it leads to. Counts from the newest release where the tag is no version. A `v` before the number is kept.
 */
export function nextVersions(tag: string | undefined, taken: readonly string[]): NextVersion[] {
  const releases = taken.flatMap((one) => (kindOfTag(one) === 'release' ? (counted(one) ?? []) : []));
  const own = tag === undefined ? null : counted(tag);
  const newest = releases.toSorted(semver.rcompare)[0];
  const from = own ?? newest ?? new semver.SemVer('0.0.0');
  const prefix = /^v/u.test((own ? tag : newest?.raw) ?? '') ? 'v' : '';
  const next = BUMPS.map((bump) => ({ bump, tag: `${prefix}${after(from, bump, releases).version}` }));
  return next.filter(({ tag: one }, index) => next.findIndex((other) => other.tag === one) === index);
}

function after(from: semver.SemVer, bump: NextVersion['bump'], releases: readonly semver.SemVer[]): semver.SemVer {
  const next = new semver.SemVer(from.version).inc(bump);
  // A release that is taken is stepped over by the same bump.
  const inTheWay = releases.filter(
    (one) =>
      semver.gte(one, next) &&
      (bump === 'major' || one.major === next.major) &&
      (bump !== 'patch' || one.minor === next.minor),
  );
  const last = inTheWay.toSorted(semver.rcompare)[0];
  return last === undefined ? next : new semver.SemVer(last.version).inc(bump);
}
