import { cut } from '../../text/cut.ts';
import { TRICKS } from '../../text/invisible.ts';
import { EngineError, type EngineFault } from './engine-error.ts';

// Ordered from the most to the least specific, since an engine wraps one cause in the message of another. Quantifiers
// are bounded: messages contain text of foreign registries.
const FAULT_PATTERNS: readonly (readonly [RegExp, EngineFault])[] = [
  [/client version .{0,200} is too (?:old|new)/iu, 'api_version'],
  [/HTTP request to an HTTPS server/iu, 'tls'],
  // Before the connection: the proxy is what did not answer, not the registry.
  [/proxyconnect tcp|Proxy Authentication Required/iu, 'proxy'],
  [/toomanyrequests|rate limit|too many requests/iu, 'rate_limited'],
  [/no space left on device/iu, 'no_space'],
  [/certificate signed by unknown authority|self[- ]signed certificate/iu, 'tls_unknown_ca'],
  [/x509: .{0,200}(?:valid for|doesn't contain any IP SANs|not valid|expired|Common Name)/iu, 'tls_name'],
  [/server gave HTTP response to HTTPS client/iu, 'insecure_registry'],
  [/no such host|server misbehaving|temporary failure in name resolution|lookup \S.{0,400}i\/o timeout/iu, 'dns'],
  [/connect: (?:connection refused|no route to host|network is unreachable)/iu, 'connection_refused'],
  [/configured as immutable|repository is immutable|cannot be overwritten|tag is immutable/iu, 'tag_immutable'],
  [/exceed the configured upper limit|(?<!disk )quota.{0,60}exceed|exceed.{0,60}(?<!disk )quota/iu, 'quota_exceeded'],
  [/\b413\b.{0,40}too large|entity too large|payload too large/iu, 'upload_too_large'],
  [
    /due to configured policy|not signed by cosign|without vulnerability scanning|unexpected status.{0,200}: 412/iu,
    'registry_policy',
  ],
  [/no basic auth credentials|missing X-Registry-Auth/iu, 'auth_missing'],
  [/unauthorized to access repository/iu, 'auth_forbidden'],
  // Before the scopes: with these messages a registry hides whether the repository exists.
  [/pull access denied|requested access to the resource is denied/iu, 'auth_or_missing'],
  [
    /^denied$|: denied$|error from registry: denied\b|insufficient_scope|403 Forbidden|unexpected status.{0,200}: 403/iu,
    'auth_forbidden',
  ],
  [/unauthorized|incorrect username or password|authentication required/iu, 'auth_bad'],
  [/no matching manifest for|no match for platform|specified platform/iu, 'platform'],
  [/@sha256:[0-9a-f].{0,400} not found|manifest unknown.{0,400}@sha256/iu, 'digest_not_found'],
  [/name unknown|repository name not known/iu, 'repository_not_found'],
  [
    /manifest unknown|manifest for .{0,400} not found|failed to resolve reference .{0,400} not found/iu,
    'tag_not_found',
  ],
  [
    /invalid character '<'|: <(?:!doctype|html)|error unmarshalling content|error parsing HTTP \d+ response body/iu,
    'not_a_registry',
  ],
  [/unexpected HTTP status: 5\d\d|unexpected status.{0,200}: 5\d\d|\bunavailable\b/iu, 'registry_down'],
  [/invalid reference format|invalid tag format|invalid repository name/iu, 'bad_reference'],
  [/context deadline exceeded|Client\.Timeout|i\/o timeout|TLS handshake timeout/iu, 'timeout'],
  [/does not support reading/iu, 'logs_unreadable'],
  [/already running|already in progress/iu, 'busy'],
];

// Checked only with the status of a refusal: a volume or a tag may be named after any of these words.
const IN_USE =
  /is (?:being )?used by|is in use|has active endpoints|is using its referenced image|has dependent child images|cannot remove a running container|cannot remove container .{0,300} is running/iu;

/** Classifies an engine's refusal by its message first and its status second; neither alone is reliable. */
export function classifyFault(status: number | undefined, words: string): EngineFault {
  if ((status === 409 || status === 403) && IN_USE.test(words)) return 'in_use';
  const known = FAULT_PATTERNS.find(([pattern]) => pattern.test(words));
  if (known) return known[1];
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 429) return 'rate_limited';
  return 'refused';
}

/** The error of an answer that is not the expected one. */
export function errorFromResponse(status: number, body: string): EngineError {
  if (status >= 300 && status < 400)
    return new EngineError('protocol', `HTTP ${status}: a redirect, which is never followed.`, status);
  if (/^\s*</u.test(body)) return new EngineError('protocol', `HTTP ${status} with a web page.`, status);
  const sent = cleanText(messageOfBody(body) ?? body);
  const fault = status < 300 ? 'protocol' : classifyFault(status, sent);
  return new EngineError(fault, sent || `HTTP ${status}`, status, { fromEngine: sent !== '' });
}

function messageOfBody(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

const UNREACHABLE = /^(?:ENOENT|EACCES|EPERM|ECONN\w+|EPIPE|EHOST\w+|ENET\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOTSOCK)$/u;
const TLS = /^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_|EPROTO$|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/u;

/** Converts anything the client library or Node may throw. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { code = '', name, message } = error as { code?: string; name?: string; message?: string };
  const words = cleanText(message ?? String(error));
  const options = { cause: error };
  if (name === 'AbortError') return new EngineError('aborted', 'Stopped.', undefined, options);
  if (TLS.test(code)) return new EngineError('tls', words, undefined, options);
  if (code === 'ECONNRESET')
    return new EngineError('unreachable', 'The engine closed the connection.', undefined, options);
  if (UNREACHABLE.test(code)) return new EngineError('unreachable', words || code, undefined, options);
  return new EngineError('protocol', words, undefined, options);
}

/** Maximum UTF-16 units of an answer that are read, and of a message that are kept. */
export const MAX_READ_CHARS = 4000;
const MAX_TEXT_CHARS = 2000;

/**
 * Removes characters that could mislead in a terminal, a log or a message. Cut between two words, since the secret
 * redaction that runs later could not recognize half of a secret.
 */
export function cleanText(text: string): string {
  const clean = cut(text, MAX_READ_CHARS, '').replaceAll('\t', ' ').replace(TRICKS, ' ').trim();
  if (clean.length <= MAX_TEXT_CHARS && text.length <= MAX_READ_CHARS) return clean;
  const words = cut(clean, MAX_TEXT_CHARS, '');
  return `${words.slice(0, Math.max(0, words.lastIndexOf(' ')))}…`;
}
