import { COMMANDS } from './commands.ts';
import { markCopies } from './copies.ts';
import { DIALOGUES } from './dialogues.ts';
import { FORMATS } from './formats.ts';
import { markInserts } from './inserts.ts';
import type { Mark } from './marks.ts';
import type { Shape } from './shape.ts';
import { notAPassword } from './shape.ts';
import { entropy, isSecret, looksRandom } from './values.ts';

const SHAPES: readonly Shape[] = [
  ...COMMANDS,
  ...FORMATS,
  ...DIALOGUES,
  {
    near: ['hooks.slack.com'],
    pattern: /hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/([\w/+-]{10,120})/giu,
  },
  { near: ['discord'], pattern: /\b([MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38})/gu },
  { near: ['webhookb2'], pattern: /\/webhookb2\/([\w@/-]{30,300})/giu },
  { near: ['api/webhooks'], pattern: /\/api\/(?:v\d{1,2}\/)?webhooks\/\d{5,25}\/([\w-]{20,100})/giu },
  { near: ['api.telegram.org', 'telegr'], pattern: /\b(?:bot)?(\d{5,16}:A[\w-]{33,40})/gu },
  { near: [':AA'], pattern: /(?<![\w:])(?:bot)?(\d{8,10}:AA[\w-]{32,33})(?![\w-])/gu },
  { near: ['re_'], pattern: /(?<!\w)(re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24})(?!\w)/gu },
  { near: ['-us'], pattern: /(?<![0-9a-z])([0-9a-f]{32}-us\d{1,2})(?!\w)/gu },
  { near: ['facebook', 'graph'], pattern: /\b(\d{15,16}(?:\||%7C)[\w-]{27,42})/giu },
  { near: ['airtable'], pattern: /\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})/gu },
  { near: ['vault'], pattern: /(?<![\w.])(s\.[A-Za-z0-9]{24})(?!\w)/gu },
  {
    near: ['aws', 'akia', 'asia'],
    pattern: /(?<![\w+/=])([A-Za-z0-9+/]{40})(?![\w+/=])/gu,
    unless: (value) => !isMixed(value),
  },
  // Hashes of passwords, as crypt(3), Apache, OpenLDAP and databases write them.
  {
    near: [
      '$1$',
      '$2a$',
      '$2b$',
      '$2x$',
      '$2y$',
      '$5$',
      '$6$',
      '$y$',
      '$7$',
      '$apr1$',
      '$argon2',
      '$scrypt$',
      '$p$',
      '$gy$',
    ],
    pattern: /(\$(?:1|2[abxy]|5|6|7|y|gy|P|apr1|argon2(?:id|i|d)|scrypt)\$[\w./$,=+-]{8,300})/gu,
  },
  {
    near: ['scram-sha-', 'pbkdf2', '{ssha', '{sha', '{md5}', '{crypt}'],
    pattern:
      /((?:SCRAM-SHA-\d{1,3}|pbkdf2[\w:-]{0,20})\$[\w:$+/=.-]{10,300}|\{(?:S?SHA\d{0,3}|S?MD5|CRYPT)\}[\w+/=.$-]{8,200})/giu,
  },
  {
    near: ['bearer'],
    pattern: /\bbearer\s{1,4}([\w.~+/=-]{8,8192})/giu,
    unless: (value) => !/\d/u.test(value) && value.length < 24,
  },
  {
    near: ['basic'],
    pattern: /\bbasic\s{1,4}([A-Za-z0-9+/]{8,1024}={0,2})(?![\w+/=])/giu,
    unless: (value) => !/^[\x20-\x7e]{1,200}:[\x20-\x7e]/u.test(Buffer.from(value, 'base64').toString('latin1')),
  },
  { near: ['jdbc:oracle'], pattern: /jdbc:oracle:\w{1,10}:[\w.-]{1,60}\/([^\s@"']{1,120})@/giu },
  // Statements and configuration.
  {
    near: ['identified'],
    pattern:
      /\bidentified\s{1,4}(?:with\s{1,4}['"\w]{1,40}\s{1,4})?(?:by|as)\s{1,4}(?:password\s{1,4})?\\?['"]([^'"\n]{1,200})/giu,
  },
  {
    near: ['identified'],
    pattern: /\bidentified\s{1,4}by\s{1,4}(?!values\b|password\b)([^\s'"\\;,]{1,200})/giu,
    unless: notAPassword,
  },
  { near: ['password'], pattern: /\bpassword(?:\s{1,4}|\s?\(\s?)\\?'([^'\n]{1,200})'/giu, unless: notAPassword },
  {
    near: ['password', 'passphrase'],
    pattern: /\bpass(?:word|phrase)\s{1,4}\\?"([^"\n]{1,200})"/giu,
    unless: (value) => !/\d/u.test(value) || notAPassword(value),
  },
  {
    near: ['requirepass', 'masterauth'],
    pattern: /\b(?:requirepass|masterauth)"?\s{1,4}"?([^\s"']{1,200})/giu,
    unless: notAPassword,
  },
  { near: ['"auth"'], pattern: /"auth"\s{1,4}(?:"[^"\s]{1,80}"\s{1,4})?"([^"]{1,200})"/giu },
  {
    near: ['machine', 'login'],
    pattern: /\blogin\s{1,8}\S{1,120}\s{1,8}password\s{1,8}(\S{1,200})/giu,
    unless: notAPassword,
  },
  {
    near: ['password is', 'password for', 'passphrase is', 'token is', 'key is', 'password was', 'password to'],
    pattern:
      /\b(?:password|passphrase|token|key)(?: (?:is|was|to|for) [\w@.'" -]{0,60}?)?(?: is| was| to|:|for [\w@.-]{1,60}:) ["'`]?([^\s"'`]{6,200})/giu,
    unless: (value) => !isUnlikeWord(value),
  },
  {
    near: ['<'],
    pattern:
      /<[\w:.-]{0,60}(?:password|passwd|passphrase|secret|token|apikey|api-key|privatekey|accesskey)(?:\s[^<>]{0,200})?>([^<>]{1,2000})(?:<\\?[/!]|(?<=[^\s<>]{1000}))/giu,
    unless: notAPassword,
  },
  {
    near: ['value'],
    pattern:
      /(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|secret[_-]?key)\d{0,3}\\{0,3}["'](?:\s{0,4},|\s{0,4}:\s{0,4}\{)?\s{0,4}\\{0,3}["']?value\\{0,3}["']?\s{0,4}[=:]\s{0,4}\\{0,3}["']([^"'\\\n]{1,2000})/giu,
    unless: notAPassword,
  },
  {
    near: ['property'],
    pattern: /name="[\w.-]{0,80}(?:password|passwd|passphrase|secret|token)"\s{0,4}>([^<>]{1,500})</giu,
    unless: notAPassword,
  },
  {
    near: ['password for', 'passphrase for', 'token for'],
    pattern: /\b(?:password|passphrase|token) for [^\n:]{1,120}: ([^\s"'`]{6,200})/giu,
    unless: (value) => !isUnlikeWord(value),
  },
  {
    near: ['secret', 'token', 'api key', 'apikey', 'access key', 'password', 'credential'],
    pattern: /\b(?:secret|token|api key|apikey|access key|password|credential)s? ["'`(]?([\w.~+/=-]{16,500})/giu,
    unless: (value) => !/[A-Za-z0-9]{16}/u.test(value) || !looksRandom(value),
  },
  // A name and its value side by side: `define('DB_PASSWORD', '…')`, `name: DB_PASSWORD value: …`, a field of a form.
  {
    near: ['password', 'passwd', 'secret', 'token', 'api_key', 'auth_key', 'salt', 'apikey'],
    pattern:
      /(?:password|passwd|secret|token|api_?key|auth_key|secure_auth_key|salt)\\{0,3}["']\s{0,4},\s{0,4}\\{0,3}["']([^"'\\\n]{4,500})["'\\]/giu,
    unless: (value) => !isUnlikeWord(value),
  },
  {
    near: ['value:'],
    pattern: /(?:password|passwd|secret|token|api_?key)\w{0,10}\s{1,8}value: ["']?([^\s"']{1,500})/giu,
    unless: notAPassword,
  },
  {
    near: ['form-data'],
    pattern: /(?:password|passwd|secret|token)[\w\]]{0,10}\\?"(?:\s|\\r|\\n){1,8}([^\s\\"]{1,500})/giu,
    unless: notAPassword,
  },
  // `user:password@host` without a scheme; `shop:1.4.0@sha256:…` and `mailto:bob@example.com` are none.
  {
    near: ['@'],
    pattern:
      /(?<![\w.@:/-])(?!(?:mailto|sips?|acct|xmpp|e?mail|from|to|cc|bcc|by|user|login|author)\b)[\w.-]{1,64}:([^\s"'`@:/]{1,200})@(?=[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}(?:\/|:\d))(?!sha\d{3}:)/giu,
    unless: (value) => !/\d/u.test(value) || notAPassword(value),
  },
  { near: ['@tcp(', '@unix(', '@tcp6('], pattern: /(?<!\w)\w[\w.-]{0,63}:([^\s"'@:]{1,200})@(?:tcp6?|unix)\(/gu },
  { near: [':5432:'], pattern: /^[\w.*-]{1,100}:5432:[\w*-]{1,60}:[\w*-]{1,60}:(\S{1,200})$/gmu, unless: notAPassword },
];

function isMixed(value: string): boolean {
  return /\d/u.test(value) && /[a-z]/u.test(value) && /[A-Z]/u.test(value) && entropy(value) > 3.8;
}

/** Running text has a password only where a word could not stand. */
function isUnlikeWord(value: string): boolean {
  return (
    isSecret(value, 'password', true) &&
    (looksRandom(value) || (/\d/u.test(value) && /[A-Za-z]/u.test(value)) || /[!#$%^&*()]/u.test(value))
  );
}

/** Shapes by the words they are looked for at; too short ones are in no index. */
const BY_WORD = new Map<string, Shape[]>();
for (const shape of SHAPES) for (const word of shape.near) BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), shape]);
const INSERT_WORDS = ['insert ', 'replace into'];
const COPY_WORD = ' from stdin';
export const SHAPE_WORDS = [...[...BY_WORD.keys()].filter((word) => word.length > 2), ...INSERT_WORDS, COPY_WORD];
const SHORT_WORDS = [...BY_WORD.keys()].filter((word) => word.length <= 2);

/** Of a longer match, the repetition of its pattern may have ended before the secret does. */
const SHORT = 100;

function endOfWord(text: string, from: number): number {
  let end = from;
  if (/\s/u.test(text[from - 1] ?? '')) return end;
  while (end < text.length && !/[\s"'<>&]/u.test(text[end] as string)) end += 1;
  return end;
}

/** A command as a list of strings, with spaces between its words instead: as long as it was. */
const asLine = (text: string): string => text.replace(/["'], ?["']/gu, (between) => ' '.repeat(between.length));
const IS_COMMAND: ReadonlySet<Shape> = new Set(COMMANDS);

/** Marks the secrets of the shapes that may be in a text which has these words. */
export function markShapes(text: string, words: Iterable<string>, mark: Mark): void {
  const due = new Set<Shape>();
  const all = [...words];
  if (INSERT_WORDS.some((word) => all.includes(word))) markInserts(text, mark);
  if (all.includes(COPY_WORD)) markCopies(text, mark);
  const take = (word: string) => {
    for (const shape of BY_WORD.get(word) ?? []) due.add(shape);
  };
  for (const word of all) take(word);
  for (const word of SHORT_WORDS) if (text.includes(word)) take(word);
  let line: string | undefined;
  for (const shape of due) {
    const { pattern, unless } = shape;
    let masked = 0;
    if (IS_COMMAND.has(shape)) line ??= asLine(text);
    for (const match of (IS_COMMAND.has(shape) ? (line ?? text) : text).matchAll(pattern)) {
      const secret = match[1] ?? match[0];
      if (secret.startsWith('***') || unless?.(secret)) continue;
      const at = match.index + match[0].lastIndexOf(secret);
      const to = at + secret.length;
      if (to <= masked) continue;
      masked = secret.length < SHORT ? to : endOfWord(text, to);
      mark(at, masked);
    }
  }
}
