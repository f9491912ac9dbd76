import { type Phrase, phrase } from '../domain/phrase.ts';
import type { ScannerKind } from './report.ts';

export type ScanFault =
  | 'not_configured'
  | 'missing'
  | 'old'
  | 'malicious'
  | 'token'
  | 'unreachable'
  | 'busy'
  | 'timeout'
  | 'out_of_budget'
  | 'registry_denied'
  | 'not_found'
  | 'rate_limited'
  | 'database'
  | 'disk'
  | 'tls'
  | 'too_large'
  | 'invalid_answer'
  | 'unsupported'
  | 'not_scanned'
  | 'scan_running'
  | 'stopped'
  | 'failed';

/** Why an image was not scanned: the end of a sentence that begins with "not scanned:". */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly fault: ScanFault;
  /** What to try. */
  readonly hint: Phrase;
  /** The scanner's own last words, cut; '' where it said nothing. Not redacted. */
  readonly said: string;

  constructor(fault: ScanFault, what: string, hint: Phrase = HINTS[fault], said = '') {
    super(what);
    this.fault = fault;
    this.hint = hint;
    this.said = said;
  }
}

/** What the next step is, where the thrower knows nothing better. */
const HINTS: Readonly<Record<ScanFault, Phrase>> = {
  not_configured: 'Add `scanner: { kind: trivy }` to the config.',
  missing: 'Install it beside Fairlead, or name its path in `scanner.command`.',
  old: 'Install a newer version.',
  malicious: 'Remove it, treat the secrets it could read as known to others, and install another version.',
  token: 'Compare `scanner.token` with the `--token` of the server.',
  unreachable: 'Check `scanner.server`, and that the server runs.',
  busy: 'Try again in a minute.',
  timeout: 'Raise `scanner.timeout`, or try again: layers that were read are not read again.',
  out_of_budget: 'The scan goes on; ask again in a minute.',
  registry_denied: 'Give the registry an account under `registries` that may pull it.',
  not_found: 'Check the name and the digest.',
  rate_limited: 'Give the registry an account, or try again later.',
  database: 'Check that the scanner may download its database, or update it yourself and set `scanner.offline`.',
  disk: 'Free some space on the machine Fairlead runs on.',
  tls: 'Give the registry its `ca` under `registries`.',
  too_large: phrase`Scan a part of it yourself; Fairlead does not read reports that large.`,
  invalid_answer: 'Check that `scanner.kind` and `scanner.command` belong together.',
  unsupported: 'Ask for another format.',
  not_scanned: 'Scan it in the registry, or switch on “scan on push” for its project.',
  scan_running: 'Try again when the registry has finished.',
  stopped: 'Retry the scan.',
  failed: 'Run the scanner by hand on the machine Fairlead runs on.',
};

export const SCANNER_NAMES: Readonly<Record<ScannerKind, string>> = {
  trivy: 'Trivy',
  grype: 'Grype',
  harbor: "Harbor's scanner",
};
