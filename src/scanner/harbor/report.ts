import { z } from 'zod';
import { type Finding, STATUSES, severityOf } from '../../domain/finding.ts';
import { cut } from '../../text/cut.ts';
import { ScanError } from '../errors.ts';
import { readElements } from '../json-elements.ts';
import type { Read } from '../report.ts';
import { MOST_FINDINGS, short } from '../shared.ts';

const Vulnerability = z.lazy(() =>
  z.looseObject({
    id: z.string().min(1).max(200),
    package: z.string().min(1).max(1000),
    version: short(100),
    fix_version: short(200),
    severity: z.string().catch('Unknown'),
    status: z.enum(STATUSES).catch('unknown'),
    description: short(200),
  }),
);

/** One level for the type of the report, by which it is keyed. */
const PATHS = ['$.*.*.*', '$.*.generated_at'];

/** The report of Harbor's own scanner, element by element. Rejects with a `ScanError` or what `readElements` throws. */
export async function readHarbor(body: AsyncIterable<Uint8Array>): Promise<Read> {
  const findings: Finding[] = [];
  const scanner = new Map<string, string>();
  let generated = Number.NaN;
  await readElements(body, PATHS, ({ path, value }) => {
    const [, part = '', key = ''] = path;
    if (part === 'generated_at') generated = Date.parse(String(value));
    else if (part === 'scanner') scanner.set(String(key), cut(String(value), 40));
    else if (part === 'vulnerabilities') findings.push(findingOf(value, findings.length));
  });
  if (Number.isNaN(generated)) throw new ScanError('invalid_answer', 'its answer is no report of Harbor');
  return {
    os: undefined,
    // It names no system and no packages but those with findings.
    unjudged: findings.length === 0 ? ['not_said'] : [],
    findings,
    suppressed: 0,
    version: [scanner.get('name') ?? '', scanner.get('version') ?? ''].join(' ').trim(),
    scannedAt: generated,
  };
}

function findingOf(value: unknown, count: number): Finding {
  if (count >= MOST_FINDINGS)
    throw new ScanError('too_large', `its report has more than ${MOST_FINDINGS} vulnerabilities`);
  const read = Vulnerability.safeParse(value);
  if (!read.success) throw new ScanError('invalid_answer', `its report has an entry that cannot be read (${count})`);
  const { data } = read;
  return {
    id: data.id,
    packageName: data.package,
    version: data.version ?? '',
    fixedIn: data.fix_version,
    severity: severityOf(data.severity),
    status: data.status,
    title: data.description,
  };
}
