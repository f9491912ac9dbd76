/**
 * What a name says about its value.
 * - `password`, `token`: secret unless it is plainly something else. A token is no short number and no word of prose.
 * - `header`: the value of an Authorization header. `cookie`: pairs of names and secret values.
 * - `random`: secret only if it looks random, as with `key`, which names many things.
 */
export type NameKind = 'password' | 'token' | 'header' | 'cookie' | 'random';

/** Words of which every name that is judged secret has at least one. */
export const NAME_WORDS = [
  ...['pass', 'pwd', 'secret', 'token', 'key', 'credential', 'creds', 'auth', 'cookie', 'session', 'signature'],
  ...['hmac', 'jwt', 'bearer', 'csrf', 'crumb', 'assertion', 'salt', 'otp', 'community', 'webhook', 'psk'],
  ...['sid=', 'sid":', 'sid\\', 'sig=', 'sig":', 'sessid', 'code=', '_pat=', '_pat":', '_pat:'],
];

/** A quick look: names without any of these are none of ours. */
const ANY =
  /pass|pw|psk|secret|token|key|auth|cookie|cred|sid|sig|sess|pat$|hmac|jwt|bearer|csrf|crumb|assertion|salt|otp|code/iu;

const NEUTRAL = new Set(
  'value val str string b64 base64 raw plain text plaintext encrypted hash hashed current new old confirm confirmation again hex pem data input json live test prod dev base'.split(
    ' ',
  ),
);
const PASSWORDS =
  /^(?:\w{0,40}(?:password|passwd|passwort|passphrase|passcode)|pw|psk|pass|(?:\w{1,20}pwd|pwd)|(?:db|pg|my|sql|mysql|root|user|admin|smtp|mail|redis|ssh|ldap|bind|require|keystore|auth|proxy|ftp)pass)$/u;
const TOKENS =
  /^\w{0,40}(?:secret|token|apikey|secretkey|privatekey|accesskey|authkey|sharedkey|masterkey|masterauth)$/u;
const KEYS = new Set(
  'api private secret access signing sign encryption encrypt encryption master account shared app auth service license session hmac jwt crypto aes ssh deploy webhook instrumentation subscription consumer merchant rsa storage client server ssl tls admin write read license sas cipher fernet'.split(
    ' ',
  ),
);
/** Keys and tokens that are known to be no secret. */
const OPEN = new Set(
  'public cache primary foreign sort partition routing row message object index gpg redis idempotency group map shard unique lookup s3 dedup order unexpected next bos eos pad unk sep cls stop special page continuation consistency sync invalid expected this last first previous candidate host kernel'.split(
    ' ',
  ),
);
const RANDOM = new Set(
  'key auth session sid sessionid signature sig hmac jwt bearer csrf crumb assertion salt credential credentials creds secrets code otp pat'.split(
    ' ',
  ),
);
const SESSIONS = /^\w{0,20}sess(?:ion)?id\w{0,8}$/u;
const COOKIE = /^(?:set)?cookie2?$/u;

/** Whether a name could be one of a secret: a quick look, which takes more names than `kindOf`. */
export const mayBeSecret = (name: string): boolean => ANY.test(name);

/** What kind of secret a value of this name is; undefined when it is none. Names may be in any style, or several words. */
export function kindOf(name: string): NameKind | undefined {
  if (!mayBeSecret(name)) return undefined;
  const words = wordsOf(name);
  while (words.length > 1 && (NEUTRAL.has(words.at(-1) ?? '') || /^\d+$/u.test(words.at(-1) ?? ''))) words.pop();
  const last = (words.at(-1) ?? '').replace(/\d{1,4}$/u, '');
  const before = words.at(-2) ?? '';
  if (last === 'authorization') return 'header';
  if (COOKIE.test(last)) return words.length <= 2 && (before === '' || before === 'set') ? 'cookie' : 'token';
  if (PASSWORDS.test(last)) return 'password';
  if (TOKENS.test(last)) return OPEN.has(before) ? undefined : 'token';
  if (last === 'key') return KEYS.has(before) ? 'token' : OPEN.has(before) ? undefined : 'random';
  if (last === 'data' && before === 'key') return 'token';
  if (last === 'id' && before === 'secret') return 'token';
  if (SESSIONS.test(last) || (last === 'id' && before === 'session')) return 'random';
  return RANDOM.has(last) && !OPEN.has(before) ? 'random' : undefined;
}

function wordsOf(name: string): string[] {
  return name
    .slice(-80)
    .replace(/([a-z0-9])([A-Z])/gu, '$1 $2')
    .replace(/([A-Z]{2,40})([A-Z][a-z])/gu, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== '');
}
