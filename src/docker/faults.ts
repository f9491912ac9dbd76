import { EngineError, type EngineFault } from './engine.ts';

// In this order: an engine wraps one cause in the words of another, so the most telling words come first.
const BY_WORDS: readonly [RegExp, EngineFault][] = [
  [/toomanyrequests|rate limit|too many requests/iu, 'rate_limited'],
  [/no space left on device/iu, 'no_space'],
  [/x509: certificate signed by unknown authority|self[- ]signed certificate/iu, 'tls_unknown_ca'],
  [/x509: .*(?:valid for|doesn't contain any IP SANs|not valid|expired)/iu, 'tls_name'],
  [/server gave HTTP response to HTTPS client/iu, 'insecure_registry'],
  [/no such host|server misbehaving|temporary failure in name resolution/iu, 'dns'],
  [/connect: connection refused|connect: no route to host|connect: network is unreachable/iu, 'connection_refused'],
  [
    /cannot be pulled due to configured policy|not signed by cosign|without vulnerability scanning/iu,
    'registry_policy',
  ],
  [/no basic auth credentials|missing X-Registry-Auth/iu, 'auth_missing'],
  [/unauthorized to access repository|^denied$|: denied$|insufficient_scope/iu, 'auth_forbidden'],
  [/pull access denied|requested access to the resource is denied/iu, 'auth_or_missing'],
  [/unauthorized|incorrect username or password|authentication required/iu, 'auth_bad'],
  [/no matching manifest for/iu, 'platform'],
  [/@sha256:[0-9a-f]+ not found|manifest unknown.*@sha256/iu, 'digest_not_found'],
  [/name unknown|repository name not known/iu, 'repository_not_found'],
  [/manifest unknown|manifest for .* not found/iu, 'tag_not_found'],
  [/invalid character '<'|error unmarshalling content|error parsing HTTP \d+ response body/iu, 'not_a_registry'],
  [/unexpected HTTP status: 5\d\d|unexpected status.*: 5\d\d|unavailable/iu, 'registry_down'],
  [/invalid reference format|invalid tag format/iu, 'bad_reference'],
  [/context deadline exceeded|Client\.Timeout|i\/o timeout|TLS handshake timeout/iu, 'timeout'],
  [/client version .* is too (?:old|new)/iu, 'api_version'],
  [/does not support reading/iu, 'logs_unreadable'],
  [/already running/iu, 'busy'],
  [
    /is (?:being )?used by|volume is in use|has active endpoints|is using its referenced image|has dependent child images|cannot remove a running container/iu,
    'in_use',
  ],
];

/** What an engine's refusal means, by its words first and its status second. */
export function classify(status: number | undefined, words: string): EngineFault {
  const known = BY_WORDS.find(([pattern]) => pattern.test(words));
  if (known) return known[1];
  if (status === 404) return 'not_found';
  if (status === 409) return 'conflict';
  return 'refused';
}

const BY_CODE: Readonly<Record<string, EngineFault>> = {
  ENOENT: 'unreachable',
  EACCES: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  EPROTO: 'tls',
};

/** Anything the client library may throw, as an `EngineError`. */
export function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const { statusCode, json, code, message } = error as {
    statusCode?: number;
    json?: unknown;
    code?: string;
    message?: string;
  };
  if (typeof statusCode === 'number') {
    const words =
      tidy(wordsOf(json) ?? (message ?? '').replace(/^\(HTTP code \d+\) .*? - /su, '')) || `HTTP ${statusCode}`;
    return new EngineError(classify(statusCode, words), words, statusCode, { cause: error });
  }
  const words = tidy(message ?? String(error));
  if (/redirect/iu.test(words))
    return new EngineError('refused', 'The engine answered with a redirect, which is never followed.', undefined, {
      cause: error,
    });
  return new EngineError(
    BY_CODE[code ?? ''] ?? (/certificate|alert/iu.test(words) ? 'tls' : 'protocol'),
    words,
    undefined,
    { cause: error },
  );
}

function wordsOf(json: unknown): string | undefined {
  if (json === null || typeof json !== 'object') return undefined;
  if (Buffer.isBuffer(json)) return json.toString('utf8').slice(0, 2000);
  const { message } = json as { message?: unknown };
  return typeof message === 'string' ? message : undefined;
}

function tidy(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .trim()
    .slice(0, 2000);
}
