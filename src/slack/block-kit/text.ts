import { sayMoment } from '../../domain/duration.ts';
import { cut } from '../../text/cut.ts';

/**
 * What stands for a mark that would format. mrkdwn has no escape, and whether a character nobody sees beside a mark undoes
 * it is not known for every Slack; it would also be in what people copy.
 */
const LOOKS: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', ':': '∶', '>': '›' };

/** Untrusted text in mrkdwn: cannot ping, link or format. */
export function plain(text: string): string {
  return prose(text.replaceAll('`', "'"));
}

/** The same, and a web address in it can be followed, shown as what it is: a reason often names its ticket. */
export function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>|`"']+)/u)
    .map((part, index) => (index % 2 === 1 ? `<${escaped(part)}>` : plain(part)))
    .join('');
}

/** As `plain`, for our own sentences with others' words in them: what is in backticks is code. */
export function prose(text: string): string {
  return escaped(text.split('\n').map(unmarked).join('\n'));
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const CODE = /`[^`]+`/gu;
/** A line that begins so is a quote. */
const QUOTE = /(?<=^\s*)>/gu;
/** Behind a letter or digit it is a tag's or a port's, and people copy those; an emoji there would ping nobody. */
const EMOJI = /(?<![A-Za-z0-9]):(?=([\w+'-]+):)/gu;
const PAIRS = [
  {
    mark: '*',
    opens: /(?<![A-Za-z0-9])[*](?=\S)/u,
    closes: /(?<=\S)[*](?![A-Za-z0-9])/gu,
    all: /(?<![A-Za-z0-9])[*]|[*](?![A-Za-z0-9])/gu,
  },
  {
    mark: '_',
    opens: /(?<![A-Za-z0-9])[_](?=\S)/u,
    closes: /(?<=\S)[_](?![A-Za-z0-9])/gu,
    all: /(?<![A-Za-z0-9])[_]|[_](?![A-Za-z0-9])/gu,
  },
  {
    mark: '~',
    opens: /(?<![A-Za-z0-9])[~](?=\S)/u,
    closes: /(?<=\S)[~](?![A-Za-z0-9])/gu,
    all: /(?<![A-Za-z0-9])[~]|[~](?![A-Za-z0-9])/gu,
  },
];

// A mark inside a word (`shop_web_1`) is nothing to Slack, nor is one without a partner on its line, and both stay as they
// are. For an asterisk one of ours may be the partner.
function unmarked(line: string): string {
  const outside = line.replace(CODE, (code) => '.'.repeat(code.length));
  const at = PAIRS.filter(({ mark, opens, closes }) => {
    const first = outside.search(opens);
    const last = [...outside.matchAll(closes)].at(-1)?.index ?? -1;
    return mark === '*' ? Math.max(first, last) >= 0 : first >= 0 && last > first;
  }).flatMap(({ all }) => [...outside.matchAll(all)]);
  const out = line.split('');
  const emoji = [...outside.matchAll(EMOJI)].filter(
    ({ index, 1: name = '' }) => !isAddress(name, line[index - 1] ?? ''),
  );
  for (const { index } of [...at, ...emoji, ...outside.matchAll(QUOTE)]) out[index] = LOOKS[line[index] ?? ''] ?? '';
  for (const { index } of outside.matchAll(/`/gu)) out[index] = "'";
  return out.join('');
}

// Times, ports and IPv6 have colons on both sides too; these two numbers are emoji all the same.
function isAddress(name: string, before: string): boolean {
  if (/^\d+$/u.test(name)) return name !== '100' && name !== '1234';
  return /^[\da-f]{1,4}$/iu.test(name) && /[\da-f:]/iu.test(before);
}

/** As it was typed, for where nothing formats: a terminal, a file. */
export function unmasked(text: string): string {
  return Object.entries(LOOKS).reduce((out, [mark, look]) => out.replaceAll(look, mark), text);
}

/** Untrusted text as inline code: one line, no backtick to close it with, nothing Slack would read. */
export function inline(text: string, most = 120): string {
  const clean = text.replaceAll('`', "'").replace(/\s+/gu, ' ').trim();
  return `\`${escaped(cut(clean === '' ? ' ' : clean, most))}\``;
}

const HALF_ENTITY = /&(?:a(?:mp?)?|lt?|gt?)?$/u;
const HALF_LINK = /<[^<>\n]{0,400}$/u;

/** As `cut`, for mrkdwn: neither an entity nor a mention, a link or a date is cut in two. */
export function cutMrkdwn(mrkdwn: string, most: number): string {
  const shown = cut(mrkdwn, most);
  if (shown.length === mrkdwn.length) return shown;
  return `${shown.slice(0, -1).replace(HALF_ENTITY, '').replace(HALF_LINK, '')}…`;
}

/** A moment in the reader's own time zone, with UTC for where Slack cannot say it. */
export function clock(at: number): string {
  const utc = new Date(at).toISOString().slice(11, 19);
  return `<!date^${Math.floor(at / 1000)}^{time_secs}|${utc} UTC>`;
}

/** A moment that may be on another day. */
export function dayAndClock(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${sayMoment(at)}>`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
