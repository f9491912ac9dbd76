import { notAPassword, type Shape } from './shape.ts';

/** Secrets of protocols, and of files with a format of their own. */
export const FORMATS: readonly Shape[] = [
  // A key as bytes: `key: 9f 3c 7a …`, `key = [0x9f, 0x3c, …]`.
  {
    near: ['key', 'secret', 'psk'],
    pattern:
      /(?<!public[ _-]?)(?:key|secret|psk)["']?\s{0,4}[:=]\s{0,4}[[{(]?\s?((?:0x)?[0-9a-f]{2}(?:(?:,\s?|[ :-])(?:0x)?[0-9a-f]{2}){7,255})/giu,
  },
  { near: ['private-lines'], pattern: /Private-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,76}\r?\n){1,200})/gu },
  { near: ['auth-user-pass>'], pattern: /<auth-user-pass>\s{1,4}\S{1,100}\s{1,4}(\S{1,200})/gu },
  {
    near: ['auth '],
    pattern: /\bAUTH\s{1,4}(?:PLAIN|LOGIN|CRAM-MD5|XOAUTH2|OAUTHBEARER)\s{1,4}([\w+/=-]{8,2000})/giu,
  },
  {
    near: [' login '],
    pattern: /^(?:[CS]: |> )?[A-Za-z]{0,4}\d{1,6} LOGIN "?[^\s"]{1,100}"? "?([^\s"]{1,200})"?\s{0,2}$/gimu,
  },
  {
    near: [' login '],
    pattern: /^(?:[CS]: |> )?[A-Za-z.] LOGIN "?[^\s"]{1,100}"? "?([^\s"]{1,200})"?\s{0,2}$/gmu,
    unless: notAPassword,
  },
  { near: ['samlre', 'samlart'], pattern: /\bSAML(?:Response|Request|art)(?:=|" value=")([^&\s"'<>]{20,8192})/giu },
  { near: ['signature='], pattern: /[?&](?:X-\w{1,8}-)?Signature=([^&\s"'<>#]{20,1024})/giu },
  // RFC 7517: the key of a symmetric JWK, and the private numbers of the others.
  { near: ['kty'], pattern: /\\?"(?:k|d|p|q|dp|dq|qi)\\?"\s{0,2}:\s{0,2}\\?"([\w-]{20,4096})\\?"/gu },
  {
    near: ['mnemonic', 'seed phrase', 'recovery phrase'],
    pattern:
      /(?:mnemonic|seed phrase|recovery phrase)\w{0,6}["']?\s{0,4}[:=]\s{0,4}["']?((?:[a-z]{3,8} ){11,23}[a-z]{3,8})/giu,
  },
  { near: ['unseal key', 'recovery key'], pattern: /\b(?:unseal|recovery) key(?: \d{1,2})?: (\S{16,200})/giu },
  { near: ['password '], pattern: /^PASSWORD \w{1,40} = (\S{1,200})$/gmu, unless: notAPassword },
  { near: ['::server:', '::node:'], pattern: /\bK10[0-9a-f]{20,64}::\w{1,20}:([\w.]{6,200})/gu },
  { near: ['"md5'], pattern: /"(md5[0-9a-f]{32})"/gu },
  {
    near: ['rocommunity', 'rwcommunity'],
    pattern: /\br[ow]community6?\s{1,4}(\S{1,100})/gu,
    unless: (value) => value === 'public',
  },
  // The data of a Kubernetes Secret; names and labels beside it are no base64 of text.
  {
    near: ['kind: secret', '"kind":"secret"', '"kind": "secret"'],
    pattern: /(?<![\w.-])[\w.-]{1,80}"?:\s{0,4}"?([A-Za-z0-9+/]{8,4096}={0,2})(?=["\s]|$)/gmu,
    unless: (value) => !isEncodedText(value),
  },
];

function isEncodedText(value: string): boolean {
  return value.length % 4 === 0 && /^[\t\n\r\x20-\x7e]{4,4096}$/u.test(Buffer.from(value, 'base64').toString('utf8'));
}
