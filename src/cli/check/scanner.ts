import { asText } from '../../domain/phrase.ts';
import type { Deps } from '../../handlers/deps.ts';
import { SCANNER_NAMES, ScanError } from '../../scanner/errors.ts';
import { type Finding, fail, note, ok } from './finding.ts';

const DEADLINE_MS = 15_000;

/** Whether the scanner is there and new enough, and what it does not know. */
export async function checkScanner({
  config,
  scans,
  redact,
}: Pick<Deps, 'config' | 'redact' | 'scans'>): Promise<Finding[]> {
  if (!scans || !config.scanner) return [];
  const name = SCANNER_NAMES[scans.kind];
  const knowsExploits = scans.kind === 'grype' || config.scanner.kev !== undefined;
  const isGated = config.gates.vulnerabilities?.knownExploited === true;
  const exploits =
    isGated && !knowsExploits
      ? [note(`scanner: ${name} does not know what is exploited now`, "Name CISA's catalogue under scanner.kev.")]
      : [];
  try {
    const { version, database } = await scans.version(AbortSignal.timeout(DEADLINE_MS));
    const data = database === undefined ? '' : `, data of ${database.slice(0, 10)}`;
    return [ok(`scanner: ${[name, version].join(' ').trim()}${data}`), ...exploits];
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    return [fail(`scanner: ${redact(error.message)}`, asText(error.hint)), ...exploits];
  }
}
