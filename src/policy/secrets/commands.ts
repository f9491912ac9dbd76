import { ARGUMENTS } from './arguments.ts';
import { notAPassword, type Shape } from './shape.ts';

/** Commands that take a password as an argument. */
export const COMMANDS: readonly Shape[] = [
  ...ARGUMENTS,
  {
    near: ['mysql', 'mariadb'],
    pattern:
      /\b(?:mysql|mariadb)[\w-]{0,20}(?:\s{1,4}[^\s|;&]{1,80}){0,12}?\s{1,4}-p(?!ort\b|rotocol\b)([^\s"']{1,120})/giu,
    unless: notAPassword,
  },
  { near: ['sshpass'], pattern: /\bsshpass\s{1,4}-p\s{0,4}['"]?([^\s"']{1,200})/giu },
  {
    near: ['docker login', 'helm registry', 'az login', 'podman login', 'oc login', 'cf login', 'auth login'],
    pattern: /\blogin\b(?:\s{1,4}[^\s|;]{1,80}){0,8}?\s{1,4}-p(?!ort\b|ro)\s{0,4}['"]?([^\s"']{1,500})/giu,
    unless: notAPassword,
  },
  {
    near: ['redis-cli'],
    pattern: /\bredis-cli\b(?:\s{1,4}[^\s|;]{1,80}){0,8}?\s{1,4}-a\s{1,4}['"]?([^\s"']{1,200})/giu,
    unless: notAPassword,
  },
  {
    near: ['curl', 'wget', '--user'],
    pattern: /(?<!\S)(?:-[a-zA-Z]{0,6}[uU]|--user|--proxy-user)(?:=|\s{0,4})["']?[\w.@-]{1,80}:([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['htpasswd'],
    pattern:
      /\bhtpasswd\s{1,4}(?:-\w{1,10}\s{1,4}){0,4}(?:\S{1,80}\s{1,4}){1,2}([^\s"';|&<>-][^\s"';|&<>]{0,120})(?=\s{0,4}(?:[;|&>]|$))/gmu,
    unless: notAPassword,
  },
  {
    near: ['--', ' -'],
    pattern:
      /(?<![\w-])--?[\w-]{0,40}(?:password|passwd|passphrase|secret|token|api-?key|access-key|secret-key|private-key|auth-?key|credentials?)\s{1,4}["']?([^\s"'-][^\s"']{0,4095})/giu,
    unless: isPlaceholder,
  },
  {
    near: ['mongo'],
    pattern: /\bmongo\w{0,10}(?:\s{1,4}[^\s|;]{1,80}){0,8}?\s{1,4}-p\s{1,4}['"]?([^\s"']{1,200})/giu,
    unless: notAPassword,
  },
  {
    near: ['sqlcmd', 'ldap'],
    pattern: /\b(?:sqlcmd|ldap[a-z]{1,10})(?:\s{1,4}[^\s|;]{1,80}){0,8}?\s{1,4}-[Pw]\s{0,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['rabbitmqctl'],
    pattern: /\brabbitmqctl\s{1,4}(?:add_user|change_password)\s{1,4}\S{1,80}\s{1,4}([^\s"']{1,200})/giu,
    unless: notAPassword,
  },
  {
    near: ['secret', 'token', 'password'],
    pattern: /^\s{0,8}ENV\s{1,4}\w{0,60}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY)\s{1,4}["']?([^\s"'=]{1,500})/gmu,
    unless: notAPassword,
  },
  {
    near: ['smbclient', 'rpcclient', 'smbcacls', 'nmblookup'],
    pattern: /(?<!\S)(?:-U|--user=?)\s{0,4}["']?[\w.\\@-]{1,80}%([^\s"']{1,200})/gu,
  },
  {
    near: ['openssl'],
    pattern: /\bopenssl\b(?:\s{1,4}[^\s|;]{1,80}){0,12}?\s{1,4}-[kK]\s{1,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['chpasswd'],
    pattern: /(?<![\w.-])[\w.-]{1,32}:([^\s"':|]{1,200})["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?chpasswd\b/gu,
    unless: notAPassword,
  },
  {
    near: ['net use', 'net.exe use'],
    pattern: /\bnet(?:\.exe)? use\b[^\n|;&]{0,200}? \/user:\S{1,100} ([^\s"'/*][^\s"']{0,200})/giu,
    unless: notAPassword,
  },
  {
    near: ['net use', 'net.exe use'],
    pattern: /\bnet(?:\.exe)? use (?:[a-z]:|\*) \\\\\S{1,200} ([^\s"'/*][^\s"']{0,200})(?= \/)/giu,
    unless: notAPassword,
  },
  {
    near: ['net user', 'net.exe user'],
    pattern: /\bnet(?:\.exe)? user \S{1,80} ([^\s"'/*][^\s"']{0,200}) \/add/giu,
    unless: notAPassword,
  },
  {
    near: ['mosquitto_'],
    pattern: /\bmosquitto_\w{1,10}(?:\s{1,4}[^\s|;]{1,80}){0,12}?\s{1,4}-P\s{1,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  { near: ['authtoken'], pattern: /\bauthtoken\s{1,4}(\w{20,200})/giu },
];

function isPlaceholder(value: string): boolean {
  return /^[A-Z][A-Z_]{1,40}[\])>]{0,2}$/u.test(value) || /^[[({|&;>]/u.test(value) || notAPassword(value);
}
