import type { HostPlan } from '../../../docker/rollout/types.ts';
import { countSeverities, type Finding, worstFirst } from '../../../domain/finding.ts';
import { compareFindings, type Difference } from '../../../domain/finding-difference.ts';
import { sortPaced } from '../../../paced/sort.ts';
import { applyWaivers } from '../../../policy/waivers.ts';
import { SCANNER_NAMES, ScanError } from '../../../scanner/errors.ts';
import type { Unjudged } from '../../../scanner/report.ts';
import type { Reported } from '../../../scanner/scans.ts';
import type { Deps } from '../../deps.ts';
import { saidOf } from '../../images/scan/failures.ts';
import type { PlanFinding, PlanVulnerabilities } from './vulnerability-plan.ts';

/** Findings that a plan names. */
const MOST_INTRODUCED = 100;
const MOST_FIXED = 30;

/** Hosts of a plan, and the reports of what runs there by its digest. */
export interface Running {
  readonly hosts: readonly Pick<HostPlan, 'host' | 'now'>[];
  readonly before: ReadonlyMap<string, Reported | ScanError | undefined>;
}

/** A plan whose image was not scanned. */
export function unscanned(error: ScanError, { redact }: Pick<Deps, 'redact'>): PlanVulnerabilities {
  return {
    unscanned: saidOf(error, redact),
    unjudged: [],
    introduced: [],
    moreIntroduced: countSeverities([]),
    fixed: [],
    fixedCount: 0,
    keptCount: 0,
    waived: [],
    uncompared: [],
  };
}

/** What the new image changes on the hosts of a plan. */
export async function planVulnerabilities(
  { report, stale }: Reported,
  running: Running,
  deps: Pick<Deps, 'config' | 'now' | 'redact'>,
): Promise<PlanVulnerabilities> {
  const { scanner, scannedAt, os, unjudged } = report;
  const { reports, uncompared, isNewSomewhere } = comparable(running);
  const { introduced, fixed, kept } = changes(
    report.findings,
    reports.map((one) => one.report.findings),
    isNewSomewhere,
  );
  const { open, waived } = applyWaivers(await sortPaced(introduced, worstFirst), deps.config.waivers, deps.now());
  // What cannot be judged is no news where what runs cannot be judged either.
  const isBlindAlready = !isNewSomewhere && reports.every((one) => one.report.unjudged.some(isBlind));
  return {
    scanner: `${SCANNER_NAMES[scanner.kind]} ${scanner.version}`,
    scannedAt,
    ...(stale === undefined ? {} : { stale: saidOf(stale, deps.redact) }),
    ...(os === undefined ? {} : { os }),
    unjudged,
    ...(unjudged.some(isBlind) && !isBlindAlready ? { isBlind: true as const } : {}),
    introduced: open.slice(0, MOST_INTRODUCED).map(named),
    moreIntroduced: countSeverities(open.slice(MOST_INTRODUCED)),
    fixed: (await sortPaced(fixed, worstFirst)).slice(0, MOST_FIXED).map(named),
    fixedCount: fixed.length,
    keptCount: kept.length,
    waived: waived.slice(0, MOST_FIXED),
    uncompared,
  };
}

/**
 * Packages of languages are judged in an image without a system that is recognized, as in one built from scratch; and what
 * Harbor says of a clean image must not hold up every deploy of one.
 */
const isBlind = (why: Unjudged) => why !== 'os_unknown' && why !== 'not_said';

/** The reports to compare with, and whether to some host everything is new: nothing runs there, or what does was not scanned. */
function comparable({ hosts, before }: Running) {
  const reportOf = (digest: string | undefined) => {
    const found = digest === undefined ? undefined : before.get(digest);
    return found instanceof ScanError ? undefined : found;
  };
  const uncompared = hosts.flatMap(({ host, now }) => (now && !reportOf(now.digest) ? [host] : []));
  return {
    reports: [...before.keys()].flatMap((digest) => reportOf(digest) ?? []),
    uncompared,
    isNewSomewhere: uncompared.length > 0 || hosts.some(({ now }) => !now),
  };
}

/** Introduced is what at least one host does not have yet; fixed, what at least one host has and no longer will. */
function changes(
  after: readonly Finding[],
  before: readonly (readonly Finding[])[],
  isNewSomewhere: boolean,
): Difference {
  const each = before.map((findings) => compareFindings(findings, after));
  const once = (findings: readonly Finding[]) => compareFindings([], findings).introduced;
  const introduced = isNewSomewhere ? once(after) : once(each.flatMap((one) => one.introduced));
  return {
    introduced,
    fixed: once(each.flatMap((one) => one.fixed)),
    kept: compareFindings(introduced, after).introduced,
  };
}

const named = ({ id, packageName, version, fixedIn, severity, knownExploited, epss }: Finding): PlanFinding => ({
  id,
  packageName,
  version,
  severity,
  ...(fixedIn === undefined ? {} : { fixedIn }),
  ...(knownExploited ? { knownExploited } : {}),
  ...(epss === undefined ? {} : { epss }),
});
