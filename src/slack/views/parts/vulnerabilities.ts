import { type Finding, SEVERITIES, type SeverityCounts } from '../../../domain/finding.ts';
import type { PackageGroup } from '../../../handlers/images/scan/groups.ts';
import type { Waived } from '../../../policy/waivers.ts';
import type { Unjudged } from '../../../scanner/report.ts';
import { cutStart } from '../../../text/cut.ts';
import { inline, plain } from '../../block-kit/text.ts';
import { quoted } from './quoted.ts';

/** Why no finding does not mean none. `os` is the system, in mrkdwn. */
export const UNJUDGED: Readonly<Record<Unjudged, (os: string) => string>> = {
  os_end_of_life: (os) => `${os} is out of support: its vendor no longer says what is wrong with it.`,
  os_unsupported: (os) => `The scanner has no data about ${os === '' ? 'its system' : os}.`,
  os_unknown: () => 'Its system was not recognized: only packages of languages were looked at.',
  not_said: () => 'The scanner found nothing, and does not say what it looked at.',
  nothing_recognized: () => 'Neither a system nor packages were recognized in it.',
};

const MOST_NAMED = 4;

/** A package, what fixes it, and its worst vulnerabilities. */
export function packageLine({ packageName, version, path, fixes, unfixed, findings, count }: PackageGroup): string {
  const named = findings.slice(0, MOST_NAMED).map(findingWords);
  const more = count > named.length ? [`${count - named.length} more`] : [];
  const shown = fixes.slice(0, 2).map((one) => inline(one, 60));
  const not = unfixed > 0 && fixes.length > 0 ? ` (no fix yet for ${unfixed} of ${count})` : '';
  const fix = fixes.length === 0 ? ': no fix yet' : ` → ${shown.join(' or ')}${not}`;
  const where = path === undefined ? '' : ` (${plain(shortPath(path))})`;
  return `• *${plain(packageName)}* ${plain(version)}${fix}${where}\n${[...named, ...more].join(', ')}`;
}

/** The end of a path, which tells one from another. */
const shortPath = (path: string) => (path.length > 30 ? cutStart(path, 30) : path);

/** `CVE-2024-45490 critical (exploited now, EPSS 91 %)` */
export function findingWords({
  id,
  severity,
  knownExploited,
  epss,
}: Pick<Finding, 'id' | 'severity' | 'knownExploited' | 'epss'>): string {
  const facts = [
    ...(knownExploited ? [':fire: exploited now'] : []),
    ...(epss !== undefined && epss >= LIKELY ? [`EPSS ${Math.round(epss * 100)} %`] : []),
  ];
  return `${plain(id)} ${severity.toLowerCase()}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

/** An EPSS score that is worth a reader's time: the probability that it is exploited within 30 days. */
const LIKELY = 0.1;

/** Somebody answers for a vulnerability, or did. */
export function waiverLine({ finding, waiver }: Waived, state: 'counts' | 'expired'): string {
  const what = `${plain(finding.id)} in ${plain(finding.packageName)}`;
  const until = new Date(waiver.until).toISOString().slice(0, 10);
  const by = PERSON.test(waiver.approver) ? `<@${waiver.approver}>` : plain(waiver.approver);
  return state === 'counts'
    ? `:memo: Waived until ${until} by ${by}: ${what}. ${quoted(waiver.reason)}`
    : `:warning: The waiver for ${what} ended on ${until} (${by}).`;
}

const PERSON = /^[UW][A-Z0-9]{3,}$/u;

/** `3 critical, 12 high, 40 medium` */
export function countWords(counts: Partial<SeverityCounts>): string {
  const some = SEVERITIES.flatMap((severity) => {
    const count = counts[severity] ?? 0;
    return count > 0 ? [`${count} ${severity.toLowerCase()}`] : [];
  });
  return some.join(', ');
}
