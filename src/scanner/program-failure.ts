import { cutBetweenWords } from '../text/cut.ts';
import { ScanError, type ScanFault } from './errors.ts';

interface Known {
  readonly fault: ScanFault;
  readonly says: RegExp;
  /** With `%` for the scanner's name. */
  readonly what: string;
  readonly hint?: string;
}

/** What Trivy and Grype write to standard error, and what it means. In order: the first that fits is told. */
const KNOWN: readonly Known[] = [
  { fault: 'disk', says: /no space left on device/iu, what: 'the disk of the machine % runs on is full' },
  {
    fault: 'busy',
    says: /cache may be in use by another process|unable to acquire (?:the )?cache or database lock/iu,
    what: 'the cache of % is in use by another process',
  },
  { fault: 'token', says: /twirp error unauthenticated|invalid token/iu, what: 'the server of % refused the token' },
  {
    fault: 'busy',
    says: /remote Maven repository returned 429/iu,
    what: 'Maven Central answers % with “too many requests”',
    hint: 'Set `scanner.offline: true`: libraries of Java are then judged by what is in them.',
  },
  {
    fault: 'database',
    says: /(?:failed to download|download error|DB error)[^\n]{0,250}TOOMANYREQUESTS/iu,
    what: 'the registry of its database limits downloads now',
    hint: 'Try again later, or name a mirror of the database.',
  },
  {
    fault: 'database',
    says: /failed to (?:download|update) (?:vulnerability|java|artifact)|unable to (?:update|download|load) (?:the )?vulnerability d(?:b|atabase)|vulnerability database (?:was built|does not exist|is invalid)|DB error|database error/iu,
    what: '% has no current database and could not download one',
  },
  { fault: 'tls', says: /x509: |certificate signed by unknown authority/iu, what: 'a certificate is not trusted' },
  { fault: 'rate_limited', says: /TOOMANYREQUESTS|429 Too Many/iu, what: 'the registry limits pulls now' },
  {
    fault: 'registry_denied',
    says: /UNAUTHORIZED|DENIED|401 Unauthorized|403 Forbidden|authentication required/u,
    what: 'the registry did not let % pull the image',
  },
  {
    fault: 'not_found',
    says: /MANIFEST_UNKNOWN|NAME_UNKNOWN|NOT_FOUND|404 Not Found/u,
    what: 'the registry does not have the image',
  },
  { fault: 'timeout', says: /context deadline exceeded|timeout:/iu, what: '% ran out of time' },
  {
    fault: 'unreachable',
    says: /twirp error|connection refused|no such host|i\/o timeout|dial tcp/iu,
    what: '% could not connect',
  },
  { fault: 'old', says: /unknown (?:flag|command|shorthand flag)/iu, what: 'this % does not know an option' },
];

/** Why a scanner failed, by the end of its standard error. */
export function programFailure(name: string, said: string, exitCode: number | undefined): ScanError {
  const found = KNOWN.find(({ says }) => says.test(said));
  const last = lastWords(said);
  if (found) return new ScanError(found.fault, found.what.replace('%', name), found.hint, last);
  const how = exitCode === undefined ? `${name} was killed` : `${name} failed with exit code ${exitCode}`;
  return new ScanError('failed', how, undefined, last);
}

/** The last line of a program that says anything, without colours. */
function lastWords(said: string): string {
  const lines = said.replace(/\u001b\[[0-9;]{0,20}m/gu, '').split('\n');
  return cutBetweenWords(lines.findLast((line) => line.trim() !== '')?.trim() ?? '', 300);
}
