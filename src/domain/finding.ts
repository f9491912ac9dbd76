/** How bad a vulnerability is, worst first. What a scanner calls negligible is `LOW` here, what it does not rate `UNKNOWN`. */
export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'UNKNOWN'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What the vendor of a package does about a vulnerability. */
export const STATUSES = ['fixed', 'affected', 'will_not_fix', 'fix_deferred', 'end_of_life', 'unknown'] as const;
export type FindingStatus = (typeof STATUSES)[number];

/** One vulnerability of one package in an image. Every text is others' words, cut to a length. */
export interface Finding {
  /** `CVE-2024-45490`, `GHSA-…`. */
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  /** The file the package was found in; undefined of a package of the operating system. */
  readonly path?: string | undefined;
  readonly purl?: string | undefined;
  /** The first version without it, or several with commas between them; undefined where there is none yet. */
  readonly fixedIn?: string | undefined;
  readonly severity: Severity;
  readonly status: FindingStatus;
  /** In CISA's catalogue of vulnerabilities that are exploited now; undefined where nobody said. */
  readonly knownExploited?: boolean | undefined;
  /** Probability from 0 to 1 that it is exploited within 30 days (EPSS); undefined where nobody said. */
  readonly epss?: number | undefined;
  readonly title?: string | undefined;
}

/** The same vulnerability of the same package in two versions of an image. A scanner's own fingerprint has the image in it. */
export const findingKey = ({ id, packageName, path }: Pick<Finding, 'id' | 'packageName' | 'path'>): string =>
  [id, packageName, path ?? ''].join('\n');

const RANK: Readonly<Record<Severity, number>> = { CRITICAL: 0, HIGH: 1, MEDIUM: 2, LOW: 3, UNKNOWN: 4 };

/** Worst first: exploited now, then likely to be, then by severity; equal ones by name. */
export function worstFirst(a: Finding, b: Finding): number {
  return (
    Number(b.knownExploited === true) - Number(a.knownExploited === true) ||
    likelihood(b) - likelihood(a) ||
    RANK[a.severity] - RANK[b.severity] ||
    compare(a.packageName, b.packageName) ||
    compare(a.id, b.id)
  );
}

/** From 1 % on; below that one is as unlikely as the other, and the severity decides. */
const LIKELY = 0.01;
const likelihood = ({ epss = 0 }: Finding) => (epss < LIKELY ? 0 : epss);

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A scanner's word for a severity, in any spelling. */
export function severityOf(word: string): Severity {
  const upper = word.toUpperCase();
  if (upper === 'NEGLIGIBLE') return 'LOW';
  return SEVERITIES.find((severity) => severity === upper) ?? 'UNKNOWN';
}

export type SeverityCounts = Readonly<Record<Severity, number>>;

export function countSeverities(findings: Iterable<Pick<Finding, 'severity'>>): SeverityCounts {
  const counts = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, UNKNOWN: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}
