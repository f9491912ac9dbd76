import semver from 'semver';
import { versionIn } from '../../../domain/version.ts';

/** How far a version is from the one that runs, as semantic versioning counts; `other` when a tag is not such a version. */
export type VersionStep = 'first' | 'same' | 'patch' | 'minor' | 'major' | 'downgrade' | 'other';

/** Compares tags. Never coerced: `sha-abc123` or a date would pass for a version and be compared wrongly. */
export function versionStep(from: string | undefined, to: string | undefined): VersionStep {
  if (from === undefined) return 'first';
  if (from === to) return 'same';
  const [before, after] = [versionIn(from), to === undefined ? null : versionIn(to)];
  if (!before || !after) return 'other';
  if (semver.lt(after, before)) return 'downgrade';
  const step = semver.diff(before, after);
  if (step === null) return 'same';
  return step.endsWith('major') ? 'major' : step.endsWith('minor') ? 'minor' : 'patch';
}
