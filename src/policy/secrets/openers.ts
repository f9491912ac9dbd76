import { WordIndex } from './word-index.ts';

/** A line after which the next lines may have a secret that only this line tells of. */
interface Opener {
  /** Words of which every such line has one, those in lower case in any case; none is short, since all of a log is searched for them. */
  readonly near: readonly string[];
  readonly pattern: RegExp;
}

const NAMES = [
  ...['password', 'passwd', 'passphrase', 'passwort', 'secret', 'token', 'credentials'],
  ...['api_key', 'api-key', 'apikey', 'private_key', 'private-key', 'privatekey', 'access_key', 'access-key'],
  ...['accesskey', 'encryption_key', 'encryptionkey', 'signing_key', 'client_key', 'client-key', 'master_key'],
];
const TOOLS = [
  ...['mysql', 'mariadb', 'curl ', 'wget ', 'redis-cli', 'sshpass', 'mongo', 'htpasswd', 'docker login'],
  ...['helm registry', 'podman login', 'sqlcmd', 'smbclient', 'openssl', 'mosquitto_', 'rabbitmqctl'],
];

const OPENERS: readonly Opener[] = [
  // A token that may be wrapped: the brace and the name of its first claim in base64.
  {
    near: ['eyjhbgci', 'eyj0exai', 'eyjrawqi', 'eyj4nxqi', 'eyjjdhki', 'eyjlbmmi'],
    pattern: /[\w.-]{8}[\s\\"'+]{0,6}$/u,
  },
  // Rows of a dump, with a tab between values.
  { near: [' from stdin'], pattern: /\bcopy [\w."]{1,200} {0,4}\([^()]{1,2000}\) from stdin/iu },
  { near: ['$ansible_vault'], pattern: /\$ANSIBLE_VAULT;/u },
  {
    near: ['334 ugfzc3dvcmq', 'auth plain', 'auth login', 'auth xoauth2', 'authenticate '],
    pattern: /(?:334 UGFzc3dvcmQ|AUTH(?:ENTICATE)? \w{4,12}\s{0,4}$)/iu,
  },
  // A name without its value, with a block of YAML, or with a value so long that it may be wrapped.
  {
    near: [...NAMES, 'bearer '],
    pattern: /[:=]\s{0,4}(?:[|>][-+]?\d?[-+]?\s{0,4})?$|[A-Za-z0-9+/=_.-]{40}["'\\+ \t\r]{0,6}$/u,
  },
  { near: ['following password', 'initial password', 'password for'], pattern: /password[^\n]{0,200}:\s{0,4}$/iu },
  {
    near: ['machine ', 'login '],
    pattern: /^\s{0,8}(?:machine \S{1,200}(?:\s{1,4}login \S{1,200})?|login \S{1,200})\s{0,4}$/u,
  },
  // FTP, POP and Redis.
  { near: ['USER '], pattern: /(?:^|[\s:>])USER \S{1,100}\s{0,4}$/u },
  { near: ['specify the password', 'password required for'], pattern: /\b331\b/u },
  { near: ['AUTH\n'], pattern: /(?:^|\s)AUTH\s{0,4}$/u },
  { near: ['kind: secret', '"kind":"secret"', '"kind": "secret"'], pattern: /kind"?: ?"?Secret\b/iu },
  { near: ['auth-user-pass>'], pattern: /^\s{0,8}<auth-user-pass>\s{0,4}$/u },
  { near: ['form-data'], pattern: /form-data;.{0,200}name=/iu },
  // A name and a value on lines of their own: arguments, environments of orchestrators, XML.
  {
    near: NAMES,
    pattern:
      /(?:(?:^|[\s"'])--?[\w-]{0,60}|name["']?\s{0,4}[:=]\s{0,4}["']?[\w.-]{0,80}|^\s{0,40}<[\w:.-]{0,60})\w[\s"',>\\]{0,6}$/iu,
  },
  { near: TOOLS, pattern: /\\\s{0,4}$/u },
];

/** What a logger writes before each line: time, level, name of the service. */
const PREFIX =
  /^(?:(?:\d{4}-\d\d-\d\d[T ][\d:.,]{5,18}(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d[.,\d]{0,10}|\[[^\]\n]{1,60}\]|[\w.-]{1,40} {0,20}\||TRACE|DEBUG|INFO|WARN|WARNING|ERROR)(?: |$)){1,5}/u;

const BY_WORD = new Map<string, Opener[]>();
for (const opener of OPENERS) for (const word of opener.near) BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), opener]);
const INDEX = new WordIndex(BY_WORD.keys());
/** Of a longer line the end is looked at. */
const MOST_LINE = 4096;
const MOST_PREFIX = 400;

export function prefixOf(line: string): string {
  return PREFIX.exec(line.slice(0, MOST_PREFIX))?.[0] ?? '';
}

/** Whether a secret may go on behind one of these whole lines. */
export function hasOpener(text: string): boolean {
  for (const { word, at } of INDEX.all(text)) {
    const from = text.lastIndexOf('\n', at) + 1;
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const whole = text.slice(from, Math.min(end, from + MOST_PREFIX));
    const line = text.slice(Math.max(from + prefixOf(whole).length, end - MOST_LINE), end);
    if (BY_WORD.get(word)?.some(({ pattern }) => pattern.test(line))) return true;
  }
  return false;
}
