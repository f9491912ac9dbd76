import type { KnownBlock } from '@slack/types';
import type { LogsArgs } from '../../../commands/containers/logs.ts';
import { logs } from '../../../commands/containers/logs.ts';
import type { LogLine } from '../../../handlers/containers/log/line.ts';
import type { FollowReport, HostLog, LogsResult } from '../../../handlers/containers/log/results.ts';
import { logs as handler } from '../../../handlers/containers/logs.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut, cutStart } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { sayTimes } from '../../../text/times.ts';
import { slash } from '../../block-kit/commands.ts';
import { buttons, context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { clock, inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { again, closing, share } from '../parts/over-hosts.ts';
import { stopButton } from '../parts/stop-button.ts';
import { unseenBlocks } from '../parts/unseen.ts';

/** What fits a message without making everyone scroll. */
const SHORT_TEXT = 2800;
const SHORT_LINES = 60;
const SHORT_HOSTS = 10;

export function logsView(result: LogsResult | FollowReport, request: Request<LogsArgs>): Message {
  if (result.kind === 'follow') return followView(result, request);
  const whole = result.hosts.map((log) => ({ log, text: log.lines.map(lineText).join('\n') }));
  const long =
    whole.length > SHORT_HOSTS ||
    whole.some(({ log }) => log.lines.length > SHORT_LINES) ||
    whole.reduce((sum, { text }) => sum + text.length, 0) > SHORT_TEXT;
  const share = Math.floor(SHORT_TEXT / Math.max(1, Math.min(SHORT_HOSTS, whole.length)));
  const parts = whole.slice(0, SHORT_HOSTS).map(({ log, text }) => ({ log, ...lastPart(text, share) }));
  const left = whole.slice(SHORT_HOSTS).map(({ log }) => log.host);
  const blocks = parts.flatMap(({ log, text }) => [
    section(`*${plain(log.container)}* on *${log.host}* · ${plain(log.state)}`),
    log.lines.length === 0
      ? section(result.grep === undefined ? 'Nothing logged in that range.' : `No line matches ${inline(result.grep)}.`)
      : preformatted(text),
  ]);
  const facts = parts.map(({ log, lines }) => {
    const fact = factOf(log, result.grep, lines);
    return { name: log.host, line: whole.length > 1 ? `*${log.host}* ${fact}` : fact };
  });
  const file = {
    name: `${cut(whole.map(({ log }) => log.container).join('-'), 80, '') || 'log'}.log`,
    title: request.shownLine,
    content: whole
      .map(({ log, text }) => (whole.length > 1 ? `==> ${log.host}/${log.container} <==\n${text}` : text))
      .join('\n\n')
      .toWellFormed(),
  };
  return {
    text:
      named(
        whole.map(({ log }) => `${plural(log.matched, 'line')} of ${plain(log.container)} on ${log.host}`),
        400,
      ) || 'No log could be read',
    blocks: [
      ...blocks,
      ...(left.length > 0
        ? [section(`… and ${plural(left.length, 'more host')}: ${named(left, 1500)}. They are in the file.`)]
        : []),
      ...failureBlocks(result.failures),
      ...howToGetMore(
        result,
        parts.some(({ log, lines }) => lines < log.lines.length),
        request,
      ),
      ...closing(facts, result),
      ...olderLines(result, request),
    ],
    ...(long ? { file } : {}),
  };
}

function factOf(log: HostLog, grep: string | undefined, shown: number): string {
  const cutOff = shown < log.matched ? `, the last ${shown} shown` : '';
  return grep === undefined
    ? `${plural(log.matched, 'line')}${cutOff}`
    : `${log.matched} of ${plural(log.scanned, 'line')} match${cutOff}`;
}

/** Where the lines are that a message does not show. */
function howToGetMore({ hosts }: LogsResult, isCut: boolean, request: Request<LogsArgs>): KnownBlock[] {
  // Who asked for five lines, and has them, misses none.
  const { tail } = request.args;
  const asked = typeof tail === 'number' ? tail : Number.POSITIVE_INFINITY;
  const dropped = hosts.reduce(
    (sum, { matched, lines }) => sum + (lines.length < asked ? matched - lines.length : 0),
    0,
  );
  const file = request.share ? 'in the file' : 'in the file, in your direct messages with Fairlead';
  return [
    ...(isCut ? [context(`The other lines are ${file}.`)] : []),
    ...(dropped > 0
      ? [
          context(
            `The oldest ${plural(dropped, 'line')} were left out. Narrow it: \`--since 10m\`, \`--until 5m\`, \`--grep\`.`,
          ),
        ]
      : []),
  ];
}

const MORE_LINES = '1000';

/** Nobody asked for a number of lines, and there are older ones. */
function olderLines({ hosts }: LogsResult, request: Request<LogsArgs>): KnownBlock[] {
  const isCut = request.args.tail === undefined && hosts.some(({ hasOlder }) => hasOlder);
  return buttons([
    ...(isCut ? again(request, `Last ${MORE_LINES} lines`, ['tail', MORE_LINES]) : []),
    ...share(request),
  ]);
}

/** Standard error is marked, since a log without colours cannot show it otherwise. */
export function lineText(line: LogLine): string {
  return line.stream === 'stderr' ? `! ${line.text}` : line.text;
}

/** The end of a text that is too long for a message, from the beginning of a line, and how many lines that is. */
function lastPart(text: string, most: number): { readonly text: string; readonly lines: number } {
  const count = (part: string) => (part === '' ? 0 : part.split('\n').length);
  if (text.length <= most) return { text, lines: count(text) };
  const part = cutStart(text, most, '');
  const newline = part.indexOf('\n');
  const isWhole = newline >= 0 && newline < part.length - 1;
  const kept = isWhole ? part.slice(newline + 1) : part;
  return { text: isWhole ? `…\n${kept}` : `…${kept}`, lines: count(kept) };
}

function endOf(report: FollowReport): string | undefined {
  switch (report.ended) {
    case 'time':
      return 'the time is up';
    case 'stopped':
      return 'stopped';
    case 'deleted':
      return 'its message was deleted';
    case 'container':
      return `the container ${report.how ?? 'ended'}`;
    case 'lost':
      return `the connection to ${report.host} was lost and did not come back; the container may still run`;
    case 'shutdown':
      return 'Fairlead is restarting';
    default:
      return undefined;
  }
}

function connectionOf({ ended, lost, reconnects, gap }: FollowReport): string {
  const now = lost && ended === undefined ? ' · connection lost, trying again' : '';
  if (reconnects === 0) return now;
  const missing = gap ? '; some lines may be missing' : '';
  return `${now} · reconnected ${sayTimes(reconnects)}${missing}`;
}

export function followView(report: FollowReport, request: Request): Message {
  const end = endOf(report);
  const state = end === undefined ? `:red_circle: following until ${clock(report.until)}` : `ended: ${end}`;
  const left = report.skipped > 0 ? ` · ${plural(report.skipped, 'earlier line')} not shown` : '';
  return {
    text: `${report.ended === undefined ? 'Following' : 'Followed'} ${plain(report.container)} on ${report.host}, ${plural(report.seen, 'line')}`,
    blocks: [
      section(`*${plain(report.container)}* on *${report.host}* for <@${request.person}>`),
      ...unseenBlocks(report.unseen),
      report.lines.length === 0
        ? section(report.ended === undefined ? 'Waiting for lines…' : 'No lines.')
        : preformatted(report.lines.map(lineText).join('\n')),
      context(`${state} · ${plural(report.seen, 'line')}${left}${connectionOf(report)}`),
      ...(report.ended === undefined
        ? stopButton(report.id)
        : [context(`Again: ${slash(cut(request.shownLine, 120))}`)]),
    ],
  };
}

export const logsCommand = command({
  spec: logs,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(logsView(result, request)),
  progress: { view: followView, stands: 'private', begins: 'at-once' },
  approval: 'none',
});
