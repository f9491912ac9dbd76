import type { ScanArgs } from '../../commands/images/scan.ts';
import { countSeverities, type Finding, type SeverityCounts, worstFirst } from '../../domain/finding.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { sortPaced } from '../../paced/sort.ts';
import type { Redact } from '../../policy/redact.ts';
import { applyWaivers, type Waived } from '../../policy/waivers.ts';
import type { Enriched } from '../../scanner/feeds.ts';
import type { ScannerKind, ScanTarget, Unjudged } from '../../scanner/report.ts';
import type { Reported, Scans } from '../../scanner/scans.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { notScanned, saidOf } from './scan/failures.ts';
import { groupByPackage, type PackageGroup } from './scan/groups.ts';
import { type ReportFile, reportFile } from './scan/report-file.ts';
import { type Found, findTarget } from './scan/target.ts';

export interface ScanResult extends Timed {
  readonly image: string;
  readonly target: ScanTarget;
  readonly of: Found['of'];
  readonly warnings: readonly string[];
  readonly scanner: { readonly kind: ScannerKind; readonly version: string };
  /** Unix milliseconds. */
  readonly scannedAt: number;
  readonly database: string | undefined;
  /** Why it is an old report. */
  readonly stale: Phrase | undefined;
  readonly os: string | undefined;
  /** What is said of exploitation by others than the scanner, and of when. */
  readonly feeds: Omit<Enriched, 'findings'>;
  readonly unjudged: readonly Unjudged[];
  /** Somebody answers for these; the first of them, and how many there are. */
  readonly waived: readonly Waived[];
  readonly waivedCount: number;
  /** Waivers of what is found that have ended. */
  readonly expired: readonly Waived[];
  /** All that were found and nobody answers for, whatever is listed. */
  readonly counts: SeverityCounts;
  readonly knownExploited: number;
  /** The worst packages, and how many there are. */
  readonly groups: readonly PackageGroup[];
  readonly groupCount: number;
  /** What is not listed, and why. */
  readonly left: { readonly unfixed: number; readonly otherSeverity: number; readonly suppressed: number };
  readonly file: ReportFile | undefined;
  readonly audit: string;
}

/** Packages that a message may list; the view shows as many as there is room for. */
const MOST_GROUPS = 60;
const MOST_IN_GROUP = 12;
const MOST_WAIVED = 20;

export const scan = handler<ScanArgs, ScanResult>()(
  ['config', 'hosts', 'now', 'redact', 'registries', 'scans'],
  async (request, deps, run) => {
    const { scans, config } = deps;
    if (!scans || !config.scanner) throw notScanned(undefined, undefined);
    const found = await findTarget(request, deps, run.signal);
    const reported = await scans.report(found.target, { signal: run.signal }).catch((error: unknown) => {
      throw notScanned(error, deps.redact);
    });
    const sorted = await sortPaced(reported.report.findings, worstFirst);
    const { open, waived, expired } = applyWaivers(sorted, config.waivers, deps.now());
    const { listed, left } = choose(open, request.args, config.scanner.severity);
    const groups = groupByPackage(listed);
    return {
      ...timed(request, deps.now(), found.failures),
      ...found,
      ...aboutReport(reported, deps),
      waived: waived.slice(0, MOST_WAIVED),
      waivedCount: waived.length,
      expired: expired.slice(0, MOST_WAIVED),
      counts: countSeverities(open),
      knownExploited: open.filter(({ knownExploited }) => knownExploited).length,
      groups: groups
        .slice(0, MOST_GROUPS)
        .map((group) => ({ ...group, findings: group.findings.slice(0, MOST_IN_GROUP) })),
      groupCount: groups.length,
      left: { ...left, suppressed: reported.report.suppressed },
      file: await fileOf(request.args, { found, reported, listed }, { ...deps, scans }, run.signal),
      audit: auditOf(found, sorted),
    };
  },
);

function aboutReport({ report, stale, feeds }: Reported, deps: Pick<Deps, 'redact'>) {
  const { scanner, scannedAt, database, os, unjudged } = report;
  return { scanner, scannedAt, database, os, unjudged, feeds, stale: stale && saidOf(stale, deps.redact) };
}

/** What is listed of the findings, and how many are not for which reason. */
function choose(
  sorted: readonly Finding[],
  { severity, ignoreUnfixed }: Pick<ScanArgs, 'severity' | 'ignoreUnfixed'>,
  usual: readonly Finding['severity'][],
) {
  const severities = new Set(severity ?? usual);
  // One that is exploited now is listed whatever somebody once rated it.
  const wanted = sorted.filter((one) => severities.has(one.severity) || (severity === undefined && one.knownExploited));
  const listed = ignoreUnfixed ? wanted.filter(({ fixedIn }) => fixedIn !== undefined) : wanted;
  return { listed, left: { unfixed: wanted.length - listed.length, otherSeverity: sorted.length - wanted.length } };
}

interface Filing {
  readonly found: Found;
  readonly reported: Reported;
  readonly listed: readonly Finding[];
}

async function fileOf(
  { format }: ScanArgs,
  { found, reported, listed }: Filing,
  { scans, redact }: { readonly scans: Scans; readonly redact: Redact },
  signal: AbortSignal,
): Promise<ReportFile | undefined> {
  if (format === undefined) return undefined;
  try {
    const raw =
      format === 'sarif' || format === 'cyclonedx' ? await scans.raw(found.target, format, signal) : undefined;
    return await reportFile(format, { found, report: reported.report, listed, raw }, redact);
  } catch (error) {
    throw notScanned(error, redact);
  }
}

function auditOf({ image, target }: Found, findings: readonly Finding[]): string {
  const { CRITICAL, HIGH } = countSeverities(findings);
  return `${image}@${target.digest}: ${findings.length} found, ${CRITICAL} critical, ${HIGH} high`;
}
