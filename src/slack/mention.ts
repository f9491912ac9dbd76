/** Somebody, some people or a channel, as Slack writes a mention; a person may be in bold or italics. */
const SOMEBODY = String.raw`[*_~]{0,3}<(?:@[UWB][A-Z0-9]+|!subteam\^[A-Z0-9]+|!here|!channel|!everyone)(?:\|[^<>]*)?>[*_~]{0,3}`;
const BESIDE = String.raw`[\s,:;&\u200b\ufeff]*`;
/** The people a message begins with, and those it ends with. */
const BEGINNING = new RegExp(`^(?:${BESIDE}${SOMEBODY})+${BESIDE}`, 'u');
const END = new RegExp(`(?:^|${BESIDE}\\s)((?:${SOMEBODY}${BESIDE})+)[.!?]*$`, 'u');
const FIRST = new RegExp(`^${SOMEBODY}`, 'u');
/** A line that quotes somebody, and all lines after three marks. */
const QUOTES = /^[^\S\n]*&gt;&gt;&gt;[\s\S]*|^[^\S\n]*&gt;[^\n]*\n?/gmu;
const BULLET = /^(?:[•◦▪▸‣]|\d{1,2}\.)\s+/u;
const FENCE = /^```\s*([^`]*?)\s*```$|^`\s*([^`\n]*?)\s*`$/u;
/** The last word before a mention that wants a value: then the mention is the value. */
const WANTS_VALUE = /(?:^|\s)(?:-[a-z]|--[a-z-]+)=?$/iu;
const MOST = 12_000;

/**
 * The command line in a message that mentions the bot; undefined for a message that is no command. The bot is spoken to at
 * the beginning of a message, where whatever follows is for it, or at the end, where it has to be a command that there is:
 * `isCommand` is asked about the line. A mention in the middle of somebody's sentence, or in a quote, is none of either.
 */
export function mentionedLine(text: string, bot: string, isCommand: (line: string) => boolean): string | undefined {
  if (text.length > MOST) return undefined;
  const said = text.replace(QUOTES, '').trim().replace(BULLET, '');
  const names = (part: string) => new RegExp(`<@${bot}(?:\\|[^<>]*)?>`, 'u').test(part);
  const beginning = BEGINNING.exec(said)?.[0] ?? '';
  if (names(beginning)) return lineOf(withoutEnd(said.slice(beginning.length), names));
  const rest = withoutEnd(said, names);
  if (rest === said) return undefined;
  const line = lineOf(rest);
  return line !== '' && isCommand(line) ? line : undefined;
}

/** Without the mention of the bot, and of others beside it, that a message ends with. */
function withoutEnd(said: string, names: (part: string) => boolean): string {
  const found = END.exec(said);
  if (!found) return said;
  const [, people = ''] = found;
  const before = said.slice(0, found.index);
  const value = WANTS_VALUE.test(before) ? (FIRST.exec(people)?.[0] ?? '') : '';
  if (!names(people.slice(value.length))) return said;
  return value === '' ? before : `${before} ${value}`;
}

function lineOf(said: string): string {
  const [, block, inline] = FENCE.exec(said.trim()) ?? [];
  return unescapeEvent((block ?? inline ?? said).trim());
}

const DATE = /<!date\^\d+\^[^|<>]*\|([^<>]*)>/gu;
/** What Slack makes of an address or a number that somebody typed: the address, and what was typed. */
const LINK = /<([a-z][a-z0-9+.-]*):([^<>|]*)(?:\|([^<>]*))?>/giu;
const GROUP = /<!(?:subteam\^[A-Z0-9]+|here|channel|everyone)\|([^<>]+)>/gu;
const CHANNEL = /<#[CG][A-Z0-9]+\|([^<>]+)>/gu;

/** What Slack puts into the text of an event, taken out again: entities and links become what was typed. */
export function unescapeEvent(text: string): string {
  return text
    .replace(DATE, '$1')
    .replace(LINK, (_, scheme: string, address: string, typed: string | undefined) =>
      typed === undefined || typed === ''
        ? /^(?:tel|mailto)$/iu.test(scheme)
          ? address
          : `${scheme}:${address}`
        : typed,
    )
    .replace(GROUP, '$1')
    .replace(/<!(here|channel|everyone)>/gu, '@$1')
    .replace(CHANNEL, '#$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
