import { notAPassword, type Shape } from './shape.ts';
import { looksRandom } from './values.ts';

/** Secrets that are said in a dialogue: after a prompt on the line before, or as the argument of a protocol's command. */
export const DIALOGUES: readonly Shape[] = [
  // FTP and POP. Test runners print "PASS" before the names of files and tests, so a line without a client's mark needs more.
  {
    near: ['pass '],
    pattern: /(?:^|[\s"'(])(?:>{1,3}|-{2,3}>|C:|<-|FTP command:)\s{0,2}"?PASS ([^\s"']{1,200})"?\s{0,2}$/gmu,
    unless: isResult,
  },
  { near: ['pass '], pattern: /^PASS (\S{6,200})\s{0,2}$/gmu, unless: (value) => isResult(value) || !isTyped(value) },
  {
    near: ['pass '],
    pattern: /\bUSER \S{1,100}\s{0,2}\n(?:[^\n]{0,200}\n){0,3}?[^\n]{0,80}?\bPASS ([^\s"']{1,200})["']?\s{0,2}$/gmu,
    unless: isResult,
  },
  {
    near: ['pass '],
    pattern: /\b331 [^\n]{1,200}\n[^\n]{0,80}?\bPASS ([^\s"']{1,200})["']?\s{0,2}$/gmu,
    unless: isResult,
  },
  // Redis, and a client that shows what it sends.
  {
    near: ['auth '],
    pattern: /(?:^|[>:\]] )AUTH (?:[\w-]{1,40} )?([^\s"']{1,200})\s{0,2}$/gmu,
    unless: (value) => !isTyped(value),
  },
  {
    near: ['auth\\r', 'auth\r', 'auth\n'],
    pattern: /(?:\b|\\n)AUTH(?:\\r\\n|\r?\n)\$\d{1,3}(?:\\r\\n|\r?\n)([^\s\\]{1,200})/gu,
  },
  {
    near: ['auth\\r', 'auth\r', 'auth\n'],
    pattern:
      /(?:\b|\\n)AUTH(?:(?:\\r\\n|\r?\n)\$\d{1,3}(?:\\r\\n|\r?\n)[^\s\\]{1,200})(?:\\r\\n|\r?\n)\$\d{1,3}(?:\\r\\n|\r?\n)([^\s\\]{1,200})/gu,
  },
  { near: ['acl setuser'], pattern: /\bACL SETUSER \S{1,80}(?: [^\s>]{1,40}){0,20} [>#]([^\s"']{1,200})/giu },
  { near: ['db.auth'], pattern: /\bdb\.auth\(\s{0,4}["'][^"'\n]{1,80}["'],\s{0,4}["']([^"'\n]{1,200})["']/gu },
  // SMTP: "Password:" in base64, and the answer on the next line.
  {
    near: ['334 ugfzc3dvcmq'],
    pattern: /334 UGFzc3dvcmQ6?[^\n]{0,8}\n[^\n]{0,80}?(?<![\w+/=])([A-Za-z0-9+/]{4,300}={0,2})\s{0,2}$/gmu,
  },
  // SASL: what answers an empty challenge has the password behind a zero byte, or is a token.
  {
    near: ['auth'],
    pattern: /(?:334|(?<=\n)\+) ?\r?\n[^\n]{0,80}?(?<![\w+/=])([A-Za-z0-9+/]{8,3000}={0,2})\s{0,2}$/gmu,
    unless: (value) => !/[\u0000\u0001]/u.test(Buffer.from(value, 'base64').toString('latin1')),
  },
  // A name and its value on lines of their own.
  {
    near: ['password', 'passwd', 'passphrase', 'secret', 'token', 'credentials', 'key'],
    pattern:
      /(?:password|passwd|passphrase|secret|token|credentials|[_.-]key|[ei]key)"?\s?[:=][^\S\n]{0,4}\n[^\S\n]{0,40}["']?([^\s"']{16,4096})["',]{0,2}[^\S\n]{0,4}$/gimu,
    unless: (value) => !looksRandom(value),
  },
  {
    near: ['value'],
    pattern:
      /name["']?\s{0,4}:\s{1,4}["']?[\w.-]{0,60}(?:password|passwd|passphrase|secret|token|[_.-]key|[ei]key)["']?,?[^\S\n]{0,4}\n[^\S\n]{0,40}["']?value["']?\s{0,4}:\s{1,4}["']?([^\s"']{1,4096})/gimu,
    unless: notAPassword,
  },
  {
    near: ['--'],
    pattern:
      /["']--?[\w-]{0,60}(?:password|passwd|passphrase|secret|token|-key|[ei]key)["'],?[^\S\n]{0,4}\n[^\S\n]{0,40}["']([^\s"']{1,4096})["']/gimu,
    unless: notAPassword,
  },
  {
    near: ['<'],
    pattern:
      /^[^\S\n]{0,40}<[\w:.-]{0,60}(?:password|passwd|passphrase|secret|token|apikey|api-key)>[^\S\n]{0,4}\n[^\S\n]{0,40}([^\s<>]{1,2000})[^\S\n]{0,4}$/gimu,
    unless: notAPassword,
  },
  // A password on a line of its own, as Jenkins and Elasticsearch show the first one.
  {
    near: ['following password', 'password for', 'initial password'],
    pattern: /\b(?:following|initial) password[^\n]{0,120}:[^\S\n]{0,4}\n\s{0,8}(\S{8,200})[^\S\n]{0,4}$/gimu,
    unless: (value) => !isTyped(value),
  },
  {
    near: ['password for'],
    pattern: /\bpassword for [^\n:]{1,160}:[^\S\n]{0,4}\n\s{0,8}(\S{8,200})[^\S\n]{0,4}$/gimu,
    unless: (value) => !isTyped(value) || /^\d{4}-\d\d-\d\d/u.test(value),
  },
  {
    near: ['$ansible_vault'],
    pattern: /\$ANSIBLE_VAULT;[^\n]{1,80}\n((?:[^\S\n]{0,40}[0-9a-f]{1,80}[^\S\n]{0,4}(?:\n|$)){1,400})/gu,
  },
];

/** Letters and digits together, or marks: no word of a sentence. */
function isTyped(value: string): boolean {
  const isMixed = /\d/u.test(value) && /[A-Za-z]/u.test(value) && !/[/\\()]|::/u.test(value);
  return !notAPassword(value) && (looksRandom(value) || isMixed || /[!#$%^&*]/u.test(value));
}

/** What a test runner says has passed. */
function isResult(value: string): boolean {
  return notAPassword(value) || /[/\\([:]|\.[a-z]{2,4}$|test|spec/iu.test(value);
}
