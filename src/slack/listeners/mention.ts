/** Somebody, some people or a channel, as Slack writes a mention; a person may be in bold or italics. */
const SOMEBODY =
  /[*_~]{0,3}<(?:@([UWB][A-Z0-9]{1,30})|!subteam\^[A-Z0-9]{1,30}|!here|!channel|!everyone)(?:\|[^<>]{0,200})?>[*_~]{0,3}/gu;
/** What may stand between a mention and what it goes with. */
const BESIDE = /^[\s,:;&\u200b\ufeff]$/u;
/** A dash or an ellipsis there; one without a space after it begins an option or belongs to a word. */
const PAUSE = /^(?:[-\u2010-\u2015\u2026]|\.{2,3})(?=\s)/u;
const PAUSE_BEFORE = /\s[-\u2010-\u2015\u2026]$/u;
const FULL_STOP = /^[.!?]$/u;
const BULLET = /^(?:[•◦▪▸‣]|\d{1,2}\.)\s/u;
const MOST = 12_000;

/**
 * The command line in a message that mentions the bot; undefined for a message that is no command. The bot is spoken to at
 * the beginning of a message, where whatever follows is for it, or at the end, where it has to be a command that there is:
 * `isCommand` is asked about the line. A mention in the middle of somebody's sentence, or in a quote, is none of either.
 */
export function mentionedLine(text: string, bot: string, isCommand: (line: string) => boolean): string | undefined {
  if (text.length > MOST) return undefined;
  const said = withoutQuotes(text).trim().replace(BULLET, '');
  const start = beginning(said, bot);
  if (start !== undefined) return lineOf(said.slice(start, end(said, bot, start)));
  const until = end(said, bot, 0);
  if (until === said.length) return undefined;
  const line = lineOf(said.slice(0, until));
  return line !== '' && isCommand(line) ? line : undefined;
}

/** Without the lines that quote somebody, which begin with a mark; after three marks, all that follow are a quote. */
function withoutQuotes(text: string): string {
  const lines = text.split('\n');
  const rest = lines.findIndex((line) => line.trimStart().startsWith('&gt;&gt;&gt;'));
  return (rest < 0 ? lines : lines.slice(0, rest)).filter((line) => !line.trimStart().startsWith('&gt;')).join('\n');
}

/** Where the people end whom a message begins with; undefined when the bot is none of them. */
function beginning(said: string, bot: string): number | undefined {
  let at = skip(said, 0);
  let isBot = false;
  for (const found of said.matchAll(SOMEBODY)) {
    if (found.index !== at) break;
    isBot ||= found[1] === bot;
    at = skip(said, at + found[0].length);
  }
  return isBot ? at : undefined;
}

function skip(said: string, from: number): number {
  for (let at = from; ; ) {
    while (BESIDE.test(said.charAt(at))) at += 1;
    const pause = PAUSE.exec(said.slice(at, at + 4));
    if (!pause) return at;
    at += pause[0].length;
  }
}

function skipBack(said: string, from: number, least: number): number {
  for (let at = from; ; ) {
    while (at > least && BESIDE.test(said.charAt(at - 1))) at -= 1;
    if (at - 2 < least || !PAUSE_BEFORE.test(said.slice(at - 2, at))) return at;
    at -= 2;
  }
}

/** Where the people begin whom a message ends with, down to `least`; its end when the bot is none of them. */
function end(said: string, bot: string, least: number): number {
  let at = said.length;
  while (at > least && FULL_STOP.test(said.charAt(at - 1))) at -= 1;
  at = skipBack(said, at, least);
  const people: { readonly id: string | undefined; readonly from: number; readonly to: number }[] = [];
  for (const found of [...said.matchAll(SOMEBODY)].reverse()) {
    if (found.index < least || found.index + found[0].length !== at) break;
    people.unshift({ id: found[1], from: found.index, to: at });
    at = skipBack(said, found.index, least);
  }
  // The value of an option before it: `--by @dana @fairlead` is about dana.
  const before = said.slice(least, at).trimEnd();
  const isValue = before.slice(Math.max(before.lastIndexOf(' '), before.lastIndexOf('\n')) + 1).startsWith('-');
  const [first] = people;
  if (!people.slice(isValue ? 1 : 0).some(({ id }) => id === bot)) return said.length;
  if (isValue && first) return first.to;
  return first && first.from > least && at === first.from ? said.length : at;
}

function lineOf(said: string): string {
  const words = said.trim();
  for (const mark of ['```', '`']) {
    const inside = words.slice(mark.length, -mark.length);
    if (words.length > 2 * mark.length && words.startsWith(mark) && words.endsWith(mark) && !inside.includes('`'))
      return unescapeEvent(inside.trim());
  }
  return unescapeEvent(words);
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
