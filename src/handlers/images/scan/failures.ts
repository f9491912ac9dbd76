import { type Reason, UserError } from '../../../domain/errors.ts';
import { joinPhrases, type Phrase } from '../../../domain/phrase.ts';
import type { Redact } from '../../../policy/redact.ts';
import { ScanError, type ScanFault } from '../../../scanner/errors.ts';
import { cut } from '../../../text/cut.ts';

const REASONS: Partial<Record<ScanFault, Reason>> = {
  not_configured: 'not_configured',
  missing: 'not_configured',
  old: 'not_configured',
  malicious: 'not_configured',
  token: 'not_configured',
  unsupported: 'bad_input',
  unreachable: 'unreachable',
  busy: 'busy',
  timeout: 'timeout',
  out_of_budget: 'timeout',
  registry_denied: 'registry_refused',
  rate_limited: 'registry_refused',
  not_found: 'not_found',
  not_scanned: 'not_found',
  scan_running: 'busy',
  too_large: 'too_large',
  stopped: 'stopped',
};

const NONE = new ScanError('not_configured', 'the config names no scanner');

/** The failure of a scan for its person; what is no `ScanError` stays what it is. */
export function notScanned(error: unknown, redact: Redact | undefined): unknown {
  const known = error ?? NONE;
  if (!(known instanceof ScanError)) return known;
  const { fault, hint, said } = known;
  const words = said === '' || redact === undefined ? '' : ` It said: ${cut(redact(said), 200)}`;
  return new UserError(REASONS[fault] ?? 'internal', `Not scanned: ${causeOf(known, redact)}.${words}`, hint, {
    cause: error,
  });
}

/** The cause in one sentence with the next step, where there is something to show all the same. */
export function saidOf(error: ScanError, redact: Redact): Phrase {
  return joinPhrases([`${causeOf(error, redact)}.`, error.hint]);
}

export function causeOf({ message }: ScanError, redact: Redact | undefined): string {
  return cut(redact ? redact(message) : message, 300);
}
