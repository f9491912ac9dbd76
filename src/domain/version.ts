import semver from 'semver';
import { createPace } from '../paced/pace.ts';
import { byNumber, sortPaced } from '../paced/sort.ts';
import { nearest } from './nearest.ts';

/**
 * Whether a tag is what tools hang on an image under its digest: a signature (`sha256-….sig`), an attestation, an SBOM, or
 * the fallback list of referrers. Nobody deploys one.
 */
export function isAttachment(tag: string): boolean {
  return /^sha(?:256-[0-9a-f]{64}|384-[0-9a-f]{96}|512-[0-9a-f]{128})(?:[.-][A-Za-z0-9_.-]{1,64})?$/iu.test(tag);
}

interface Ranked {
  readonly tag: string;
  readonly version: semver.SemVer | null;
}

/** Versions first, newest to oldest, then what is not a version, by name. */
export async function newestFirst(tags: readonly string[]): Promise<string[]> {
  const pace = createPace();
  const ranked: Ranked[] = [];
  for (const tag of tags) {
    ranked.push({ tag, version: versionIn(tag) });
    await pace();
  }
  return (await sortPaced(ranked, newer)).map(({ tag }) => tag);
}

function newer(a: Ranked, b: Ranked): number {
  if (a.version && b.version) return semver.rcompare(a.version, b.version) || byNumber(b.tag, a.tag);
  if (a.version || b.version) return a.version ? -1 : 1;
  return byNumber(b.tag, a.tag);
}

/**
 * A tag as a semantic version, dates such as `2026.01.05` and candidates such as `1.2.0rc1` among them; null when it is
 * none. A tag cannot hold `+`, so build metadata is written with `_`.
 */
export function versionIn(tag: string): semver.SemVer | null {
  return /^v?\d/u.test(tag) ? semver.parse(tag.replace('_', '+'), { loose: true }) : null;
}

/**
 * At most five of `tags`: what is the same but for a `v`, the newest that the version stands for (`1.4` for `1.4.2`), the
 * nearest spelling, then those it is the beginning of, those that begin alike, the newest.
 */
export async function closest(wanted: string, tags: readonly string[]): Promise<string[]> {
  const newest = await newestFirst(tags);
  const best = nearest(wanted, newest);
  const longer = newest.filter((tag) => tag.startsWith(wanted));
  const alike = newest.filter((tag) => tag.startsWith(wanted.slice(0, 2)));
  const same = newest.filter((tag) => bare(tag) === bare(wanted));
  const meant = /^v?\d/iu.test(wanted) ? newest.filter((tag) => bare(tag).startsWith(`${bare(wanted)}.`)) : [];
  return [
    ...new Set([...same, ...meant.slice(0, 1), ...(best === undefined ? [] : [best]), ...longer, ...alike, ...newest]),
  ].slice(0, 5);
}

const bare = (tag: string) => tag.replace(/^v(?=\d)/iu, '');

const BEFORE_RELEASE =
  /^(?:a|alpha|b|beta|c|cr|rc|dev|ea|m|milestone|next|nightly|canary|pre|preview|prerelease|snapshot|test|unstable)(?:[.-]?\d.{0,100})?$/iu;

/**
 * Whether a tag is a build of a version rather than one before it: `1.27.0-alpine`. Semantic versioning calls everything
 * behind a hyphen a pre-release; image names have the base there as well, so the words in use for pre-releases decide.
 */
export function isVariant(tag: string): boolean {
  const [first] = versionIn(tag)?.prerelease ?? [];
  return typeof first === 'string' && !BEFORE_RELEASE.test(first);
}
