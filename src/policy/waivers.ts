import type { WaiverConfig } from '../config.ts';
import type { Finding } from '../domain/finding.ts';

/** A finding that somebody answers for. */
export interface Waived {
  readonly finding: Finding;
  readonly waiver: WaiverConfig;
}

export interface Judged {
  /** Findings without a waiver that counts now, in their order. */
  readonly open: readonly Finding[];
  readonly waived: readonly Waived[];
  /** Open ones whose waiver has ended. */
  readonly expired: readonly Waived[];
}

/** Sets aside what has a waiver by its id and package. An expired waiver does not count, and is named. */
export function applyWaivers(findings: readonly Finding[], waivers: readonly WaiverConfig[], now: number): Judged {
  const named = Map.groupBy(waivers, ({ id, package: name }) => `${id}\n${name}`);
  const open: Finding[] = [];
  const waived: Waived[] = [];
  const expired: Waived[] = [];
  for (const finding of findings) {
    const own = named.get(`${finding.id}\n${finding.packageName}`) ?? [];
    const [waiver] = own.toSorted((a, b) => b.until - a.until);
    if (waiver && waiver.until >= now) waived.push({ finding, waiver });
    else {
      open.push(finding);
      if (waiver) expired.push({ finding, waiver });
    }
  }
  return { open, waived, expired };
}
