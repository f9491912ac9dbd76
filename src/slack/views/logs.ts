import type { LogLine } from '../../handlers/log-lines.ts';
import type { FollowReport, HostLog, LogsResult } from '../../handlers/logs.ts';
import type { Request } from '../../handlers/types.ts';
import { cut, cutStart } from '../../text/cut.ts';
import { buttons, context, type Message, preformatted, section } from '../blocks.ts';
import { clock, inline, plain, plural } from '../text.ts';
import { closing, failureBlocks, pageAndShare } from './over-hosts.ts';

/** What fits a message without making everyone scroll. */
const SHORT_TEXT = 2800;
const SHORT_LINES = 60;

export function logsView(result: LogsResult | FollowReport, request: Request): Message {
  if (result.kind === 'follow') return followView(result, request);
  const whole = result.hosts.map((log) => ({ log, text: log.lines.map(lineText).join('\n') }));
  const long =
    whole.some(({ log }) => log.lines.length > SHORT_LINES) ||
    whole.reduce((sum, { text }) => sum + text.length, 0) > SHORT_TEXT;
  const share = Math.floor(SHORT_TEXT / Math.max(1, whole.length));
  const blocks = whole.flatMap(({ log, text }) => [
    section(`*${plain(log.container)}* on *${log.host}* · ${plain(log.state)}`),
    log.lines.length === 0
      ? section(result.grep === undefined ? 'Nothing logged in that range.' : `No line matches ${inline(result.grep)}.`)
      : preformatted(lastPart(text, share)),
  ]);
  const facts = whole.map(({ log }) => factOf(log, result.grep));
  const file = {
    name: `${cut(whole.map(({ log }) => log.container).join('-'), 80, '') || 'log'}.log`,
    title: request.line,
    content: whole
      .map(({ log, text }) => (whole.length > 1 ? `==> ${log.host}/${log.container} <==\n${text}` : text))
      .join('\n\n')
      .toWellFormed(),
  };
  return {
    text:
      whole.map(({ log }) => `${plural(log.matched, 'line')} of ${plain(log.container)} on ${log.host}`).join('; ') ||
      'No log could be read',
    blocks: [...blocks, ...failureBlocks(result.failures), closing(facts, result), ...pageAndShare(request)],
    ...(long ? { file } : {}),
  };
}

function factOf(log: HostLog, grep: string | undefined): string {
  const kept = log.lines.length < log.matched ? `, the last ${log.lines.length} kept` : '';
  return grep === undefined
    ? `${plural(log.matched, 'line')}${kept}`
    : `${log.matched} of ${plural(log.scanned, 'line')} match${kept}`;
}

/** Standard error is marked, since a log without colours cannot show it otherwise. */
export function lineText(line: LogLine): string {
  return line.stream === 'stderr' ? `! ${line.text}` : line.text;
}

function lastPart(text: string, most: number): string {
  if (text.length <= most) return text;
  const part = cutStart(text, most, '');
  const newline = part.indexOf('\n');
  return newline >= 0 && newline < part.length - 1 ? `…\n${part.slice(newline + 1)}` : `…${part}`;
}

function endOf(report: FollowReport): string | undefined {
  switch (report.ended) {
    case 'time':
      return 'the time is up';
    case 'stopped':
      return 'stopped';
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
  return `${now} · reconnected ${reconnects === 1 ? 'once' : `${reconnects} times`}${missing}`;
}

export function followView(report: FollowReport, request: Request): Message {
  const end = endOf(report);
  const state = end === undefined ? `:red_circle: following until ${clock(report.until)}` : `ended: ${end}`;
  const left = report.skipped > 0 ? ` · ${plural(report.skipped, 'earlier line')} not shown` : '';
  return {
    text: `${report.ended === undefined ? 'Following' : 'Followed'} ${plain(report.container)} on ${report.host}, ${plural(report.seen, 'line')}`,
    blocks: [
      section(`*${plain(report.container)}* on *${report.host}* for <@${request.person}>`),
      report.lines.length === 0
        ? section(report.ended === undefined ? 'Waiting for lines…' : 'No lines.')
        : preformatted(report.lines.map(lineText).join('\n')),
      context(`${state} · ${plural(report.seen, 'line')}${left}${connectionOf(report)}`),
      ...(report.ended === undefined
        ? buttons([{ label: 'Stop', line: `/dock stop ${report.id}`, style: 'danger' }])
        : [context(`Again: ${inline(`/${request.line}`)}`)]),
    ],
  };
}
