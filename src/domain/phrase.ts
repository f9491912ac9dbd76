import { cut } from '../text/cut.ts';

/**
 * Text, a person by their Slack id, a channel by its id, or the line of a command to type, without a slash:
 * `lock shop --queue`. Each view writes them in the way of its surface.
 */
export type Part = string | { readonly person: string } | { readonly channel: string } | { readonly command: string };

/** Sentences for people, as JSON. In the texts, backticks mark code. Without other parts than text it is a string. */
export type Phrase = string | readonly Part[];

/** The slash command that takes the name of any other as its first word. */
export const UMBRELLA = 'dock';

export const mention = (person: string): Part => ({ person });
export const mentionChannel = (channel: string): Part => ({ channel });
export const commandLine = (command: string): Part => ({ command });

/** A template whose values may be parts: phrase`${mention(id)} locked it: ${commandLine('ask shop')} asks them.` */
export function phrase(texts: TemplateStringsArray, ...values: readonly (Phrase | Part | number)[]): Phrase {
  return compact(texts.flatMap((text, index) => [text, ...(index < values.length ? partsOf(values[index]) : [])]));
}

/** Phrases in one, with `separator` between them. */
export function joinPhrases(phrases: readonly (Phrase | Part)[], separator = ' '): Phrase {
  return compact(phrases.flatMap((one, index) => (index === 0 ? partsOf(one) : [separator, ...partsOf(one)])));
}

/** The parts of a phrase, in their order. */
export function partsOf(value: Phrase | Part | number | undefined): readonly Part[] {
  if (value === undefined) return [];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && 'length' in value ? value : [value];
}

/** Whether a value of unknown form is a phrase with parts. */
export function isPhrase(value: unknown): value is readonly Part[] {
  return Array.isArray(value) && value.some((part) => typeof part === 'object') && value.every(isPart);
}

function isPart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string';
  const [[key, of] = [], ...others] = Object.entries(value);
  return others.length === 0 && ['person', 'channel', 'command'].includes(key ?? '') && typeof of === 'string';
}

/** Plain text, for a terminal, a log or the audit log: `@U0DEV1`, `#C0PROD`, and commands behind the umbrella command. */
export function asText(said: Phrase, prefix = ''): string {
  return partsOf(said)
    .map((part) => textOf(part, prefix))
    .join('');
}

function textOf(part: Part, prefix: string): string {
  if (typeof part === 'string') return part;
  if ('person' in part) return `@${part.person}`;
  return 'channel' in part ? `#${part.channel}` : `/${prefix}${UMBRELLA} ${part.command}`;
}

/** The beginning of a phrase in at most `most` UTF-16 units of its plain text. Text is cut, any other part is not. */
export function cutPhrase(said: Phrase, most: number): Phrase {
  if (asText(said).length <= most) return said;
  const kept: Part[] = [];
  let left = most - 1;
  for (const part of partsOf(said)) {
    const { length } = asText([part]);
    if (length > left) {
      if (typeof part === 'string') kept.push(cut(part, left, ''));
      break;
    }
    kept.push(part);
    left -= length;
  }
  return compact([...kept, '…']);
}

/** The same with secrets masked in its texts and commands. */
export function redactPhrase(said: Phrase, redact: (text: string) => string): Phrase {
  return compact(
    partsOf(said).map((part) => {
      if (typeof part === 'string') return redact(part);
      return 'command' in part ? commandLine(redact(part.command)) : part;
    }),
  );
}

/** Texts that follow each other are one; what has no other part is a plain string. */
function compact(parts: readonly Part[]): Phrase {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else if (part !== '') out.push(part);
  }
  const [first = '', ...rest] = out;
  return rest.length === 0 && typeof first === 'string' ? first : out;
}
