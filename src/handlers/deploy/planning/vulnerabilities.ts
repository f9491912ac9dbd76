import type { HostPlan } from '../../../docker/rollout/types.ts';
import { ScanError } from '../../../scanner/errors.ts';
import type { Reported } from '../../../scanner/scans.ts';
import type { Deps } from '../../deps.ts';
import { planVulnerabilities, unscanned } from './compare-reports.ts';
import type { PlanVulnerabilities } from './vulnerability-plan.ts';

type ScanDeps = Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'scans'>;

const PLATFORM_MS = 3000;

/** The scan of the image of a plan, which has begun; the time that the plan waits for it runs from then. */
export interface Scanning {
  /** What the image changes on hosts that run this now; undefined without a scanner. Never rejects. */
  compare(hosts: readonly Pick<HostPlan, 'host' | 'now'>[]): Promise<PlanVulnerabilities | undefined>;
}

export interface Image {
  readonly repository: string;
  readonly digest: string;
}

/** What a plan is for. */
export interface ScannedPlan {
  readonly image: Image;
  readonly hosts: readonly string[];
  /** It waits for no scan: only a report that is there already is shown. */
  readonly isUrgent: boolean;
}

/** Begins to scan the image of a plan, and stops waiting at the end of the time the config gives. */
export function beginScan({ image, hosts, isUrgent }: ScannedPlan, deps: ScanDeps, signal: AbortSignal): Scanning {
  const { scans, config } = deps;
  if (!scans || !config.scanner) return { compare: async () => undefined };
  const until = performance.now() + (isUrgent ? 0 : config.scanner.planning);
  const platform = platformOf(hosts, deps, signal);
  const ask: Ask = async ({ repository, digest }, again) => {
    const target = { repository, digest, ...(await platform) };
    const waitMs = Math.max(0, until - performance.now());
    return scans.report(target, { signal, waitMs, again }).catch(failureOf);
  };
  const next = ask(image, false);
  return {
    async compare(found) {
      const after = await next;
      if (after instanceof ScanError) return isUrgent ? undefined : unscanned(after, deps);
      const running = runningImages(found, image);
      const reports = await Promise.all(running.map((one) => ask(one, false)));
      const [renewed = after, ...before] = await withSameData([image, ...running], [after, ...reports], ask);
      if (renewed instanceof ScanError) return unscanned(renewed, deps);
      const byDigest = new Map(running.map(({ digest }, at) => [digest, before[at]]));
      return planVulnerabilities(renewed, { hosts: found, before: byDigest }, deps);
    },
  };
}

type Ask = (image: Image, again: boolean) => Promise<Reported | ScanError>;

/** Anything that is thrown by a scan means that there is none: a plan goes on without. */
const failureOf = (error: unknown) => (error instanceof ScanError ? error : new ScanError('failed', 'the scan failed'));

async function platformOf(
  hosts: readonly string[],
  deps: Pick<Deps, 'hosts'>,
  signal: AbortSignal,
): Promise<{ readonly platform?: string }> {
  const [host] = hosts;
  if (host === undefined) return {};
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PLATFORM_MS)]);
    const { os, arch } = await deps.hosts.engine(host).version({ signal: limit });
    return os === '' || arch === '' ? {} : { platform: `${os}/${arch}` };
  } catch {
    // The plan says what is wrong with the host.
    return {};
  }
}

/** The images that run on the hosts, each once. */
function runningImages(hosts: readonly Pick<HostPlan, 'now'>[], { repository }: Image): Image[] {
  const running = hosts.flatMap(({ now }) =>
    now?.digest === undefined ? [] : [[now.digest, now.repository ?? repository] as const],
  );
  return [...new Map(running)].map(([digest, own]) => ({ repository: own, digest }));
}

/**
 * Reports that were made with the same data: what became known between two scans is in both images, and would look as if one
 * of them had brought it. Where there is no time for that, the report there is has to do.
 */
function withSameData(
  images: readonly Image[],
  reports: readonly (Reported | ScanError)[],
  ask: Ask,
): Promise<(Reported | ScanError)[]> {
  const newest = reports
    .flatMap((one) => (one instanceof ScanError ? [] : (one.report.database ?? [])))
    .toSorted()
    .at(-1);
  return Promise.all(
    reports.map(async (one, at) => {
      const image = images[at];
      if (one instanceof ScanError || !image || one.report.database === newest) return one;
      const again = await ask(image, true);
      return again instanceof ScanError ? one : again;
    }),
  );
}
