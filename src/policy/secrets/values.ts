import type { NameKind } from './names.ts';

const NOTHING =
  /^(?:true|false|null|nil|none|undefined|nan|yes|no|on|off|n\/a|empty|unset|set|not|default|required|optional|invalid|valid|missing|expired|revoked|incorrect|wrong|changed|reset|updated|deleted|created|rotated|disabled|enabled|ok|failed|failure|success|succeeded|string|str|text|plain|login|number|boolean|bytes|object|unknown|unchanged|redacted|hidden|masked|filtered|removed|secret|password|token|key|auto|env|file|vault|prompt|stdin|ask)$/iu;
/** How a sentence goes on that has a name of a secret before its colon. */
const PROSE =
  /^(?:is|are|was|were|must|should|shall|cannot|can|can't|could|has|have|had|does|do|not|no|please|the|your|a|an|for|of|in|to|from|with|by|this|that|it|invalid|incorrect|wrong|missing|required|field|expected|got|unexpected|failed|unable|error|too|contains|only|use|using|enter|retype|repeat|confirm|type|may|will|class|function|required)(?=[\s,.!:;]|$)/iu;
const PLACEHOLDER =
  /^(?:[*•.xX#_-]{2,200}|\*.{0,3}|\$\{?[A-Za-z_(].{0,200}|\$\d|\{\{.{0,200}|<[^<>]{0,100}>?|\[[A-Za-z_ ]{0,40}\]?|%[a-z({%].{0,100}|%s|\(.{0,80}|@[A-Za-z_.]{1,60}|!?Ref\b.{0,80}|SecretStr\(.{0,60}|\[\]|\{\}|\.\.\.|…)$/u;
const CODE =
  /^(?:os\.|process\.|env[.([[]|getenv|config[.[]|self\.|this\.|req\.|request\.|params[.[]|settings\.|Deno\.|System\.)/u;
const PATH = /^(?:~|\.{1,2}|file:|[A-Za-z]:\\)?\/[\w./-]{0,200}$/u;
/** What follows is a call, or an object with fields of its own. */
const NESTED = /^(?:[{[]$|[A-Za-z_][\w.:]{0,60}\($|\{["']?[\w.-]{1,40}["']?[:=])/u;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

/** Whether what a name of this kind has for its value is to be masked. `loose`: in running text, after a colon. */
export function isSecret(value: string, kind: NameKind, loose: boolean): boolean {
  const text = value.trim();
  if (text === '' || NOTHING.test(text) || PLACEHOLDER.test(text.slice(0, 220)) || CODE.test(text) || NESTED.test(text))
    return false;
  if (kind === 'random') return looksRandom(text) && !UUID.test(text);
  if (PROSE.test(text) && (loose || isSentence(text))) return false;
  if (text.startsWith('/') || text.startsWith('.') || text.startsWith('~') || text.startsWith('file:'))
    if (PATH.test(text) && !looksRandom(text)) return false;
  if (kind === 'password') return !/^[-+]?(?:\d{1,3}|\d+\.\d+)[a-z%]{0,2}$/u.test(text);
  // Tokens are made by machines: no word, no count and no duration.
  if (/^[-+]?\d{1,9}(?:\.\d+)?[a-z%]{0,3}$/iu.test(text)) return false;
  if (loose && /^[A-Za-z]{1,15}$/u.test(text)) return false;
  return !/^(?:[\w-]{1,20}\s){2,40}[\w-]{1,20}[.!?]?$/u.test(text.slice(0, 400));
}

/** In a sentence, digits are numbers of their own: `is too short (minimum is 8 characters)`. */
function isSentence(text: string): boolean {
  return !/\d/u.test(text) || (/^(?:\S{1,30}\s){3,40}\S{1,30}$/u.test(text) && !/[^\W\d]\d|\d[^\W\d]/u.test(text));
}

/** Whether it could have been made by a random generator: long, with digits among letters, and no word, path or address. */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || !/^[A-Za-z0-9+/=_.~%$!@:-]+$/u.test(value)) return false;
  if (/:\/\//u.test(value)) return false;
  const longest = value.split(/[^A-Za-z0-9]+/u).reduce((most, part) => (part.length > most.length ? part : most), '');
  const mixed = /\d/u.test(longest) && /[A-Za-z]/u.test(longest);
  if (!mixed || longest.length < 10) return false;
  return entropy(value.slice(0, 200)) >= (/^[0-9a-f]+$/iu.test(value) ? 3 : 3.3);
}

/** Whether a value is secret whatever its name: random, and none of what programs are told of themselves. */
export function isRandomSecret(value: string): boolean {
  if (value.length < 20 || UUID.test(value) || /^(?:sha\d{1,3}[:-])?[0-9a-f]{1,200}$/iu.test(value)) return false;
  if (/^[/.~]|\/.{0,40}\/|[\s,;@:]|\.(?:com|net|org|io|local|internal|js|ts|py|jar|json|ya?ml|so)\b/u.test(value))
    return false;
  if (/^v?\d+\.\d+/u.test(value)) return false;
  return looksRandom(value) && /[a-z]/u.test(value) && (/[A-Z]/u.test(value) || entropy(value) >= 3.8);
}

/** Bits for each character, after Shannon. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
