import { notAPassword, type Shape } from './shape.ts';

/** Commands whose password is told by its place or by a short option that means something else elsewhere. */
export const ARGUMENTS: readonly Shape[] = [
  {
    near: [
      'cqlsh',
      'rabbitmqadmin',
      'ncftp',
      'cypher-shell',
      'twine ',
      'elasticsearch-users',
      'useradd',
      'usermod',
      '7z ',
    ],
    pattern:
      /\b(?:cqlsh|rabbitmqadmin|ncftp\w{3,4}|cypher-shell|twine|elasticsearch-users|useradd|usermod|7z\w?)\b(?:\s{1,4}[^\s|;]{1,80}){0,12}?\s{1,4}-p\s{0,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['zip ', 'isql', 'ipmitool'],
    pattern: /\b(?:un)?(?:zip|isql|ipmitool)\b(?:\s{1,4}[^\s|;]{1,80}){0,12}?\s{1,4}-P\s{0,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['snmp'],
    pattern: /\bsnmp\w{2,10}(?:\s{1,4}[^\s|;]{1,80}){0,12}?\s{1,4}-A\s{1,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['snmp'],
    pattern: /\bsnmp\w{2,10}(?:\s{1,4}[^\s|;]{1,80}){0,16}?\s{1,4}-X\s{1,4}['"]?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['creds'],
    pattern: /(?<!\S)--(?:src-|dest-)?creds[=\s]\s{0,4}["']?[^\s:"']{1,80}:([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['curl', '--user'],
    pattern: /(?<!\S)(?:-[a-zA-Z]{0,6}[uU]|--user|--proxy-user)(?:=|\s{0,4})["'][\w.@-]{1,80}:([^"'\n]{1,200})["']/gu,
    unless: notAPassword,
  },
  {
    near: ['sshpass', 'mysql', 'mariadb'],
    pattern:
      /\b(?:sshpass|mysql\w{0,10}|mariadb[\w-]{0,10})(?:\s{1,4}[^\s|;&]{1,80}){0,12}?\s{1,4}-p\s{0,4}["']([^"'\n]{1,200})["']/gu,
    unless: notAPassword,
  },
  {
    near: ['storepass', 'keypass', '--pass '],
    pattern: /(?<!\S)(?:--?(?:src|dest)?(?:storepass|keypass)|--pass)\s{1,4}["']?([^\s"'-][^\s"']{0,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['-password '],
    pattern: /(?<!\S)(?:set-initial|reset-admin|change|set|reset)-password\s{1,4}["']?([^\s"'-][^\s"']{0,200})/gu,
    unless: (value) => notAPassword(value) || !/\d/u.test(value),
  },
  // What is given to a command's standard input.
  {
    near: ['echo ', 'printf '],
    pattern:
      /\b(?:echo|printf)\s{1,4}(?:-\w{1,3}\s{1,4})?["']?([^\s"'|]{1,200})["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?(?:passwd\b|(?:docker|podman|nerdctl|skopeo|helm registry) login\b|sudo -S|-S\b|cryptsetup\b|kinit\b|gpg\b|smbpasswd\b|htpasswd\b)/gu,
    unless: notAPassword,
  },
  {
    near: ['<<<'],
    pattern: /\b(?:kinit|cryptsetup|passwd|login|gpg|sudo)\b[^\n|;]{0,200}<<<\s{0,2}["']?([^\s"']{1,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['openssl passwd'],
    pattern: /\bopenssl passwd(?:\s{1,4}-\w{1,10}){1,4}\s{1,4}["']?([^\s"'-][^\s"']{0,200})/gu,
  },
  {
    near: ['wpa_passphrase'],
    pattern: /\bwpa_passphrase\s{1,4}\S{1,80}\s{1,4}["']?([^\s"']{8,63})/gu,
  },
  {
    near: ['nmcli'],
    pattern: /\bnmcli\b[^\n|;]{0,120}\spassword\s{1,4}["']?([^\s"']{8,63})/gu,
    unless: notAPassword,
  },
  {
    near: ['smbpasswd'],
    pattern: /\bsmbpasswd(?:\s{1,4}-\w{1,4}){1,4}\s{1,4}[\w.-]{1,40}\s{1,4}["']?([^\s"'|<>-][^\s"']{0,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['rclone obscure'],
    pattern: /\brclone obscure\s{1,4}["']?([^\s"'-][^\s"']{0,200})/gu,
  },
  {
    near: ['mc alias set', 'mc config host add'],
    pattern: /\bmc (?:alias set|config host add)(?:\s{1,4}[^\s|;]{1,200}){3}\s{1,4}["']?([^\s"'-][^\s"']{0,200})/gu,
    unless: notAPassword,
  },
  {
    near: ['vault login'],
    pattern: /\bvault login(?:\s{1,4}-\S{1,80}){0,6}\s{1,4}["']?([^\s"'=-][^\s"'=]{5,400})(?![^\s"'])/gu,
    unless: (value) => notAPassword(value) || !/\d/u.test(value),
  },
  {
    near: ['vault kv put', 'vault write', 'vault kv patch'],
    pattern: /\bvault (?:kv put|kv patch|write) \S{0,10}secret\S{1,100} [\w.-]{1,80}=["']?([^\s"'@][^\s"']{0,400})/gu,
    unless: notAPassword,
  },
  {
    near: ['--from-literal'],
    pattern: /(?<!\S)--from-literal[=\s]["']?[\w.-]{1,80}=["']?([^\s"']{1,400})/gu,
    unless: notAPassword,
  },
  {
    near: [':_authtoken', ':_password', ':_auth '],
    pattern: /:_(?:authToken|password|auth)\s{1,4}["']?([^\s"']{8,400})/gu,
  },
  {
    near: ['sqlplus', 'impdp', 'expdp', 'rman target'],
    pattern: /\b(?:sqlplus|impdp|expdp|rman target)(?:\s{1,4}-\w{1,4}){0,4}\s{1,4}["']?\w{1,40}\/([^\s"'@/]{1,120})@/gu,
  },
  {
    near: ['lftp'],
    pattern: /\blftp\b[^\n|;]{0,100}\s-u\s{0,4}["']?[\w.@-]{1,80},([^\s"']{1,200})/gu,
  },
  {
    near: ['freerdp', 'mstsc', 'rdesktop'],
    pattern: /\b\w{0,2}freerdp\b[^\n|;]{0,120}\s\/p:["']?([^\s"']{1,200})/gu,
  },
  {
    near: ['http -', 'https -', 'xh -', 'httpie'],
    pattern:
      /(?<!\S)(?:https?|xh)\s{1,4}(?:-\w{1,10}\s{1,4}){0,4}(?:-a|--auth)[=\s]\s{0,4}["']?[\w.@-]{1,80}:([^\s"']{1,200})/gu,
  },
  {
    near: ['net user', 'net.exe user'],
    pattern: /\bnet(?:\.exe)? user [\w.-]{1,80} ([^\s"'/*][^\s"']{5,200})$/gimu,
    unless: (value) => notAPassword(value) || !/\d/u.test(value),
  },
];
