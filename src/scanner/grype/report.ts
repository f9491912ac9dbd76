import { z } from 'zod';
import { type Finding, type FindingStatus, severityOf } from '../../domain/finding.ts';
import { cut } from '../../text/cut.ts';
import { ScanError } from '../errors.ts';
import { readElements } from '../json-elements.ts';
import type { Read } from '../report.ts';
import { MOST_FINDINGS, short } from '../shared.ts';

const Match = z.lazy(() =>
  z.looseObject({
    vulnerability: z.looseObject({
      id: z.string().min(1).max(200),
      severity: z.string().catch('Unknown'),
      description: short(200),
      fix: z
        .looseObject({ versions: z.array(z.string()).catch([]), state: z.string().catch('unknown') })
        .catch({ versions: [], state: 'unknown' }),
      epss: z.array(z.looseObject({ epss: z.number().min(0).max(1) })).catch([]),
      knownExploited: z.array(z.unknown()).catch([]),
    }),
    artifact: z.looseObject({
      name: z.string().min(1).max(1000),
      version: short(100),
      type: z.string().catch(''),
      purl: short(400),
      locations: z.array(z.looseObject({ path: short(300) })).catch([]),
    }),
  }),
);

const STATUS: Readonly<Record<string, FindingStatus>> = {
  fixed: 'fixed',
  'not-fixed': 'affected',
  'wont-fix': 'will_not_fix',
};

/** Packages of a system are not told from each other by their files. */
const OF_SYSTEM: readonly string[] = ['deb', 'rpm', 'apk', 'alpm', 'portage'];

const PATHS = ['$.*.*'];

/** Grype's JSON, element by element. Rejects with a `ScanError` or what `readElements` throws. */
export async function readGrype(body: AsyncIterable<Uint8Array>): Promise<Read> {
  const findings: Finding[] = [];
  const distro = new Map<string, unknown>();
  let isGrype = false;
  let built: string | undefined;
  let suppressed = 0;
  await readElements(body, PATHS, ({ path, value }) => {
    const [top = '', key = ''] = path;
    if (top === 'distro') distro.set(String(key), value);
    else if (top === 'ignoredMatches') suppressed += 1;
    else if (top === 'descriptor' && key === 'name') isGrype = value === 'grype';
    else if (top === 'descriptor' && key === 'db') built = builtOf(value);
    else if (top === 'matches') {
      if (findings.length >= MOST_FINDINGS)
        throw new ScanError('too_large', `its report has more than ${MOST_FINDINGS} vulnerabilities`);
      findings.push(findingOf(value, path.join('.')));
    }
  });
  if (!isGrype) throw new ScanError('invalid_answer', 'its answer is no report of Grype');
  const name = textOf(distro.get('name'));
  const os = name === undefined ? undefined : `${name} ${textOf(distro.get('version')) ?? ''}`.trim();
  // Its report has no packages but those with findings, so that it is not known what was looked at.
  const blind = findings.length > 0 ? ('os_unknown' as const) : ('nothing_recognized' as const);
  return { os, unjudged: os === undefined ? [blind] : [], findings, suppressed, database: built };
}

const Database = z.looseObject({ status: z.looseObject({ built: z.string() }) });
const builtOf = (value: unknown) => {
  const read = Database.safeParse(value);
  return read.success ? cut(read.data.status.built, 60) : undefined;
};

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? cut(value, 60) : undefined);

function findingOf(value: unknown, at: string): Finding {
  const read = Match.safeParse(value);
  if (!read.success) throw new ScanError('invalid_answer', `its report has an entry that cannot be read (${at})`);
  const { vulnerability, artifact } = read.data;
  const { fix, epss, knownExploited } = vulnerability;
  return {
    id: vulnerability.id,
    packageName: artifact.name,
    version: artifact.version ?? '',
    path: OF_SYSTEM.includes(artifact.type) ? undefined : artifact.locations[0]?.path,
    purl: artifact.purl,
    fixedIn: fix.versions.length === 0 ? undefined : cut(fix.versions.join(', '), 200),
    severity: severityOf(vulnerability.severity),
    status: STATUS[fix.state] ?? 'unknown',
    knownExploited: knownExploited.length > 0,
    epss: epss[0]?.epss,
    title: vulnerability.description,
  };
}
