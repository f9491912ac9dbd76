import type { Response } from 'undici';
import { retryAfterMs } from '../domain/retry-after.ts';
import { parseJson, readStart } from '../paced/json.ts';
import { cutBetweenWords } from '../text/cut.ts';
import { TRICKS } from '../text/invisible.ts';
import { AddressRefused } from './addresses.ts';
import { EMPTY } from './empty.ts';

/** What kept a registry from answering as asked. */
export type RegistryFault =
  | 'unauthorized'
  | 'denied'
  | 'not_found'
  | 'rate_limited'
  | 'immutable'
  | 'quota'
  | 'not_scanned'
  | 'scanning'
  | 'vulnerable'
  | 'not_signed'
  | 'unsupported'
  | 'refused'
  | 'unavailable'
  | 'not_a_registry'
  | 'invalid_answer'
  | 'realm_refused'
  | 'address_refused'
  | 'unreachable'
  | 'tls'
  | 'timeout';

interface Details {
  /** HTTP status; undefined when no answer came. */
  readonly status?: number | undefined;
  /** The registry's own words, cut and without control characters; empty when it had none. */
  readonly said?: string;
  /** Milliseconds until it wants to be asked again. */
  readonly retryAfterMs?: number | undefined;
  /** Code of Node or undici of a connection that failed: `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** The mirror that was asked before, and its fault or HTTP status. */
  readonly mirror?: { readonly name: string; readonly why: string } | undefined;
  readonly cause?: unknown;
}

/** A registry that refused, failed or did not answer. `message` says which and why, for logs; for people: `explain.ts`. */
export class RegistryError extends Error {
  override readonly name: string = 'RegistryError';
  readonly registry: string;
  readonly fault: RegistryFault;
  readonly status: number | undefined;
  readonly said: string;
  readonly retryAfterMs: number | undefined;
  readonly code: string | undefined;
  readonly mirror: Details['mirror'];

  constructor(registry: string, fault: RegistryFault, details: Details = {}) {
    const { status, said = '', code, cause } = details;
    const words = [status === undefined ? code : `HTTP ${status}`, said].filter((word) => word).join(': ');
    super(`${registry}: ${fault}${words === '' ? '' : ` (${words})`}`, { cause });
    this.registry = registry;
    this.fault = fault;
    this.status = status;
    this.said = said;
    this.code = code;
    this.retryAfterMs = details.retryAfterMs;
    this.mirror = details.mirror;
  }
}

/** A registry wants its account sent to a place that the config does not name for it. */
export class RealmRefused extends RegistryError {
  /** `https://auth.example.com`; undefined where the registry names no server. */
  readonly server: string | undefined;

  constructor(registry: string, server: string | undefined) {
    super(registry, 'realm_refused', { said: `asks for the account at ${server ?? 'an address without a server'}` });
    this.server = server;
  }
}

/** Bytes of an answer that is an error; nobody reads more. */
const MOST_ERROR = 64_000;
const MOST_SAID = 300;

/** The error of an answer that is not what was asked for; reads its body. */
export async function errorFromAnswer(registry: string, response: Response): Promise<RegistryError> {
  const { status, headers } = response;
  const text = await readStart(response.body ?? EMPTY, MOST_ERROR).catch(() => '');
  const isPage = /^\s*</u.test(text);
  const { code, said } = isPage ? { code: '', said: '' } : await wordsIn(text);
  const retryAfter = retryAfterMs(headers);
  return new RegistryError(registry, faultOf(status, code, isPage ? 'page' : said), {
    status,
    said,
    retryAfterMs: retryAfter,
  });
}

/** The words of an error of the registry's protocol, of Harbor's or Docker Hub's API; of any other text, its beginning. */
async function wordsIn(text: string): Promise<{ readonly code: string; readonly said: string }> {
  try {
    const body = (await parseJson(Buffer.from(text))) as Record<string, unknown> | null;
    const errors: unknown[] = Array.isArray(body?.['errors']) ? body['errors'] : [body];
    const first = (errors[0] ?? {}) as Record<string, unknown>;
    const words = [first['message'], first['detail'], first['details']].find(
      (one) => typeof one === 'string' && one !== '',
    );
    return { code: String(first['code'] ?? '').slice(0, 60), said: clean(String(words ?? '')) };
  } catch {
    return { code: '', said: clean(text) };
  }
}

const clean = (text: string): string =>
  cutBetweenWords(text.slice(0, 4000).replaceAll('\t', ' ').replace(TRICKS, ' ').trim(), MOST_SAID);

// Ordered from the most to the least specific. Quantifiers are bounded, and the text is.
const WORDS: readonly (readonly [RegExp, RegistryFault])[] = [
  [/immutable|tag .{0,140} (?:protected|cannot be overwritten)/iu, 'immutable'],
  [/quota|will exceed the configured upper limit|storage limit/iu, 'quota'],
  [/status of vulnerability scanning/iu, 'scanning'],
  [/without vulnerability scanning/iu, 'not_scanned'],
  [/vulnerabilities cannot be pulled/iu, 'vulnerable'],
  [/not signed/iu, 'not_signed'],
  [/toomanyrequests|rate limit|too many requests/iu, 'rate_limited'],
];

const CODES: Readonly<Record<string, RegistryFault>> = {
  UNAUTHORIZED: 'unauthorized',
  DENIED: 'denied',
  FORBIDDEN: 'denied',
  NAME_UNKNOWN: 'not_found',
  MANIFEST_UNKNOWN: 'not_found',
  BLOB_UNKNOWN: 'not_found',
  NOT_FOUND: 'not_found',
  TOOMANYREQUESTS: 'rate_limited',
  TOO_MANY_REQUEST: 'rate_limited',
  UNSUPPORTED: 'unsupported',
};

const STATUSES: Readonly<Record<number, RegistryFault>> = {
  401: 'unauthorized',
  403: 'denied',
  404: 'not_found',
  405: 'unsupported',
  429: 'rate_limited',
};

function faultOf(status: number, code: string, said: string): RegistryFault {
  if (status < 400) return 'invalid_answer';
  if (status >= 500) return 'unavailable';
  const known = WORDS.find(([pattern]) => pattern.test(said))?.[1];
  if (known !== undefined) return known;
  if (Object.hasOwn(CODES, code.toUpperCase())) return CODES[code.toUpperCase()] ?? 'refused';
  if (said === 'page' && status !== 401 && status !== 429) return 'not_a_registry';
  return STATUSES[status] ?? 'refused';
}

const TLS = /^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CA_UNREADABLE)/u;
const TIMEOUTS: readonly string[] = [
  'timeout',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
];

/** The error of a call that got no answer. A call that was given up by its caller, not by a deadline, stays what it was. */
export function errorFromFailure(registry: string, error: unknown, signal: AbortSignal): unknown {
  if (error instanceof RegistryError) return error;
  if (signal.aborted) {
    const isDeadline = (signal.reason as { readonly name?: unknown } | undefined)?.name === 'TimeoutError';
    return isDeadline ? new RegistryError(registry, 'timeout', { cause: error }) : error;
  }
  const { cause } = error as { readonly cause?: unknown };
  if (error instanceof AddressRefused || cause instanceof AddressRefused)
    return new RegistryError(registry, 'address_refused', { cause: error });
  const { code } = (cause ?? error) as { readonly code?: unknown };
  const named = typeof code === 'string' ? code : undefined;
  return new RegistryError(registry, faultOfCode(named), { code: named, cause: error });
}

/** The fault of a connection that was not made, by the code of Node, undici or a `Ping`. */
export function faultOfCode(code = ''): RegistryFault {
  if (code === 'refused') return 'address_refused';
  return TIMEOUTS.includes(code) ? 'timeout' : TLS.test(code) ? 'tls' : 'unreachable';
}
