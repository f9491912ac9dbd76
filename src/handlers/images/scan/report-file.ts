import type { ScanArgs } from '../../../commands/images/scan.ts';
import type { Finding } from '../../../domain/finding.ts';
import { createPace } from '../../../paced/pace.ts';
import type { Redact } from '../../../policy/redact.ts';
import type { ScanReport } from '../../../scanner/report.ts';
import type { Found } from './target.ts';

/** A report for another program or to read at a desk. */
export interface ReportFile {
  readonly name: string;
  readonly title: string;
  readonly content: string;
}

interface Filed {
  readonly found: Pick<Found, 'image' | 'target'>;
  readonly report: ScanReport;
  readonly listed: readonly Finding[];
  /** The scanner's own words, for the formats that are not ours. */
  readonly raw: string | undefined;
}

type Format = NonNullable<ScanArgs['format']>;

const ENDINGS: Readonly<Record<Format, string>> = {
  table: 'txt',
  json: 'json',
  sarif: 'sarif.json',
  cyclonedx: 'cdx.json',
};

/** The whole report in a format. What the scanner wrote itself passes with its secrets masked, line by line. */
export async function reportFile(
  format: Format,
  { found, report, listed, raw }: Filed,
  redact: Redact,
): Promise<ReportFile> {
  const { image, target } = found;
  const about = `${image}@${target.digest}`;
  const lines = raw?.split('\n') ?? (format === 'json' ? jsonLines(about, report, listed) : textLines(about, listed));
  const pace = createPace();
  const clean: string[] = [];
  for (const line of lines) {
    clean.push(redact(line));
    await pace();
  }
  return {
    name: `scan-${image.replace(/[^\w.-]+/gu, '-').slice(0, 80)}.${ENDINGS[format]}`,
    title: `Vulnerabilities of ${image}`,
    content: clean.join('\n').toWellFormed(),
  };
}

/** One finding a line, so that a line is a piece of work and a tool can search it. */
function* jsonLines(image: string, { findings: _, target: __, ...about }: ScanReport, listed: readonly Finding[]) {
  yield `{ "image": ${JSON.stringify(image)}, "report": ${JSON.stringify(about)}, "findings": [`;
  for (const [index, finding] of listed.entries())
    yield `${JSON.stringify(finding)}${index + 1 < listed.length ? ',' : ''}`;
  yield '] }';
}

function* textLines(image: string, listed: readonly Finding[]) {
  yield image;
  yield '';
  for (const { id, severity, packageName, version, path, fixedIn, knownExploited, epss, title } of listed) {
    const facts = [
      ...(knownExploited ? ['exploited now'] : []),
      ...(epss === undefined ? [] : [`EPSS ${(epss * 100).toFixed(1)} %`]),
      fixedIn === undefined ? 'no fix yet' : `fixed in ${fixedIn}`,
      ...(path === undefined ? [] : [path]),
      ...(title === undefined ? [] : [title]),
    ];
    yield `${severity.padEnd(8)} ${id}  ${packageName} ${version}  ${facts.join(' · ')}`.replace(/\s+/gu, ' ');
  }
}
