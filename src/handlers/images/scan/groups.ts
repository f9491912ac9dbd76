import type { Finding, Severity } from '../../../domain/finding.ts';
import { byNumber } from '../../../paced/sort.ts';

/** The vulnerabilities of one package, worst first. */
export interface PackageGroup {
  readonly packageName: string;
  readonly version: string;
  readonly path: string | undefined;
  /** Versions that fix one or more of them, as the scanner gives them: nobody can compare those of every ecosystem. */
  readonly fixes: readonly string[];
  /** How many no version fixes yet. */
  readonly unfixed: number;
  readonly isKnownExploited: boolean;
  readonly severity: Severity;
  /** As many as are named, and how many there are. */
  readonly findings: readonly Finding[];
  readonly count: number;
}

/** Findings by package. They come worst first, and a package stands where its worst one does. */
export function groupByPackage(sorted: readonly Finding[]): PackageGroup[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of sorted) {
    const key = [finding.packageName, finding.version, finding.path ?? ''].join('\n');
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((findings) => {
    const [{ packageName, version, path, severity, knownExploited }] = findings;
    const fixes = new Set(findings.flatMap(({ fixedIn }) => fixedIn ?? []));
    return {
      packageName,
      version,
      path,
      fixes: [...fixes].toSorted(byNumber),
      unfixed: findings.filter(({ fixedIn }) => fixedIn === undefined).length,
      isKnownExploited: knownExploited === true,
      severity,
      findings,
      count: findings.length,
    };
  });
}
