const MASK = '***';
const SECRET_KEY =
  /pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential|authorization|cookie|session[_-]?(?:id|key)|dsn|connection[_-]?string/iu;

// Each pattern keeps what tells a reader what was there, and masks the secret itself.
const PATTERNS: readonly [RegExp, string][] = [
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu,
    `-----BEGIN PRIVATE KEY----- ${MASK}`,
  ],
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,256}):[^\s/@]{1,512}@/giu, `$1:${MASK}@`],
  [/\b(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:basic|bearer|digest|token)?)\s{0,4}[^\s"',;]{4,}/giu, `$1 ${MASK}`],
  [/\b(bearer)\s{1,4}[A-Za-z0-9._~+/=-]{8,}/giu, `$1 ${MASK}`],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/gu, MASK],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}\b/gu, MASK],
  [/\bgithub_pat_[A-Za-z0-9_]{20,}\b/gu, MASK],
  [/\bglpat-[A-Za-z0-9_-]{16,}\b/gu, MASK],
  [/\bx(?:ox[abprs]|app)-[A-Za-z0-9-]{8,}/gu, MASK],
  [/\beyJ(?:(?!-eyJ)[A-Za-z0-9_-]){6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}/gu, MASK],
];
const ASSIGNED =
  /(["']?)\b([A-Za-z0-9_.-]{0,40}(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credentials?|cookie|dsn|connection[_-]?string)[A-Za-z0-9_.-]{0,20})\1(\s{0,4}[=:]\s{0,4})("[^"]{1,2000}"|'[^']{1,2000}'|[^\s"',;&}]{3,2000})/giu;

// One cheap look decides whether the slow patterns can match at all: most lines have none of these words.
const HINT =
  /pass|secret|token|key|credential|cookie|dsn|connection|auth|bearer|:\/\/|AKIA|ASIA|gh[pousr]_|github_pat|glpat|xox|xapp|eyJ|PRIVATE/iu;

/** Masks secrets in text: best effort by pattern, exact for the values it is told. Redacting twice changes nothing. */
export type Redact = (text: string) => string;

/** `known` are secret values as they are: registry passwords, tokens, a container's own secret variables. */
export function createRedactor(known: Iterable<string>): Redact {
  const values = [...new Set(known)].filter((value) => value.length >= 6).sort((a, b) => b.length - a.length);
  return (text) => {
    let out = text;
    for (const value of values) if (out.includes(value)) out = out.replaceAll(value, MASK);
    if (!HINT.test(out)) return out;
    for (const [pattern, replacement] of PATTERNS) out = out.replace(pattern, replacement);
    return out.replace(
      ASSIGNED,
      (_, quote: string, key: string, sign: string) => `${quote}${key}${quote}${sign}${MASK}`,
    );
  };
}

/** Values of a container's environment that are secret by their name. */
export function secretValues(env: readonly string[]): string[] {
  return env
    .map((pair) => [pair.slice(0, Math.max(0, pair.indexOf('='))), pair.slice(pair.indexOf('=') + 1)] as const)
    .filter(([key]) => SECRET_KEY.test(key))
    .map(([, value]) => value);
}
