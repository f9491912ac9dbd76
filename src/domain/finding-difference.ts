import { type Finding, findingKey } from './finding.ts';

/** What a new version of an image changes. Together these are all findings of both versions, each once. */
export interface Difference {
  /** Only in the new version. */
  readonly introduced: readonly Finding[];
  /** Only in the old one. */
  readonly fixed: readonly Finding[];
  /** In both, as the new version has them. */
  readonly kept: readonly Finding[];
}

/**
 * Compares the findings of two versions by id, package and path: a scanner's fingerprint has the image in it. A package that
 * is there twice counts once.
 */
export function compareFindings(before: Iterable<Finding>, after: Iterable<Finding>): Difference {
  const old = byKey(before);
  const introduced: Finding[] = [];
  const kept: Finding[] = [];
  for (const [key, finding] of byKey(after)) (old.delete(key) ? kept : introduced).push(finding);
  return { introduced, fixed: [...old.values()], kept };
}

/** The first of each key. */
function byKey(findings: Iterable<Finding>): Map<string, Finding> {
  const found = new Map<string, Finding>();
  for (const finding of findings) {
    const key = findingKey(finding);
    if (!found.has(key)) found.set(key, finding);
  }
  return found;
}
