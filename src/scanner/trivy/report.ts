import { z } from 'zod';
import { type Finding, STATUSES, severityOf } from '../../domain/finding.ts';
import { cut } from '../../text/cut.ts';
import { ScanError } from '../errors.ts';
import { type JsonElement, readElements } from '../json-elements.ts';
import type { Read, Unjudged } from '../report.ts';
import { MOST_FINDINGS, short } from '../shared.ts';

const Vulnerability = z.lazy(() =>
  z.looseObject({
    VulnerabilityID: z.string().min(1).max(200),
    PkgName: z.string().min(1).max(1000),
    PkgPath: short(300),
    PkgIdentifier: z
      .looseObject({ PURL: short(400) })
      .optional()
      .catch(undefined),
    InstalledVersion: short(100),
    FixedVersion: short(200),
    Status: z.enum(STATUSES).catch('unknown'),
    Severity: z.string().catch('UNKNOWN'),
    Title: short(200),
  }),
);

/** Elements at a depth of four, most of them dropped: the largest of them is what is held at a time. */
const PATHS = ['$.*.*.*.*', '$.SchemaVersion', '$.Results.*.Class', '$.Results.*.Target', '$.Metadata.OS.*'];

/** Trivy's JSON (`SchemaVersion` 2), element by element. Rejects with a `ScanError` or what `readElements` throws. */
export async function readTrivy(body: AsyncIterable<Uint8Array>): Promise<Read> {
  const findings: Finding[] = [];
  const classes = new Map<string, string>();
  const targets = new Map<string, unknown>();
  /** The index of the result that each finding is in. */
  const results: string[] = [];
  const os = new Map<string, unknown>();
  let schema: unknown;
  let suppressed = 0;
  await readElements(body, PATHS, ({ path, value }) => {
    const [top = '', first = '', second = ''] = path;
    if (top === 'SchemaVersion') schema = value;
    else if (top === 'Metadata' && first === 'OS') os.set(String(second), value);
    else if (top !== 'Results') return;
    else if (second === 'Class') classes.set(String(first), String(value));
    else if (second === 'Target') targets.set(String(first), value);
    else if (second === 'ExperimentalModifiedFindings') suppressed += 1;
    else if (second === 'Vulnerabilities') {
      findings.push(findingOf({ path, value }, findings.length));
      results.push(String(first));
    }
  });
  const inFile = (finding: Finding, result: string): Finding =>
    finding.path !== undefined || classes.get(result) !== 'lang-pkgs'
      ? finding
      : { ...finding, path: fileOf(targets.get(result)) };
  if (schema !== 2) throw new ScanError('invalid_answer', 'its answer is no report of Trivy (SchemaVersion 2)');
  const [family, name] = ['Family', 'Name'].map((key) => textOf(os.get(key)));
  const system = family === undefined || family === 'none' ? undefined : [family, name ?? ''].join(' ').trim();
  return {
    os: system,
    unjudged: unjudgedOf(system, os.get('EOSL') === true, new Set(classes.values())),
    findings: findings.map((finding, at) => inFile(finding, results[at] ?? '')),
    suppressed,
  };
}

/** Packages of a Go binary or a lock file have no path of their own: the file is the target of their result. */
const fileOf = (target: unknown) => (typeof target === 'string' && target !== '' ? cut(target, 300) : undefined);

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? cut(value, 60) : undefined);

function findingOf({ path, value }: JsonElement, count: number): Finding {
  if (count >= MOST_FINDINGS)
    throw new ScanError('too_large', `its report has more than ${MOST_FINDINGS} vulnerabilities`);
  const read = Vulnerability.safeParse(value);
  // A finding that cannot be read must not turn into one fewer.
  if (!read.success)
    throw new ScanError('invalid_answer', `its report has an entry that cannot be read (${path.join('.')})`);
  const { data } = read;
  return {
    id: data.VulnerabilityID,
    packageName: data.PkgName,
    version: data.InstalledVersion ?? '',
    path: data.PkgPath,
    purl: data.PkgIdentifier?.PURL,
    fixedIn: data.FixedVersion,
    severity: severityOf(data.Severity),
    status: data.Status,
    title: data.Title,
  };
}

/** No findings in what was not looked at are no good news. */
function unjudgedOf(system: string | undefined, isEndOfLife: boolean, classes: ReadonlySet<string>): Unjudged[] {
  if (system === undefined) return [classes.has('lang-pkgs') ? 'os_unknown' : 'nothing_recognized'];
  if (!classes.has('os-pkgs')) return ['os_unsupported'];
  return isEndOfLife ? ['os_end_of_life'] : [];
}
