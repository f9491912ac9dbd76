import { type EventsArgs, events } from '../../../commands/hosts/events.ts';
import { type EventRow, type EventsResult, events as handler } from '../../../handlers/hosts/events.ts';
import type { Request } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { dayAndClock, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import {
  type Column,
  closing,
  pageAndShare,
  rowsTable,
  someHosts,
  whichPage,
  withoutHosts,
} from '../parts/over-hosts.ts';

/** What an on-call person looks for. */
const TROUBLE = /^(?:die|oom|kill|health_status: unhealthy)$/u;

export function eventsView(result: EventsResult, request: Request<EventsArgs>): Message {
  const several = request.hosts.length > 1;
  const columns: readonly Column<EventRow>[] = [
    { head: 'NAME', of: ({ name }) => name },
    { head: 'EVENT', of: eventText },
    { head: 'UTC', of: ({ at }) => momentText(at, result.until) },
    ...(several ? [{ head: 'HOST', of: ({ host }: EventRow) => host }] : []),
    { head: 'IMAGE', of: ({ image }) => image },
  ];
  const range = `from ${dayAndClock(result.since)} to ${dayAndClock(result.until)}`;
  const verdict =
    result.total === 0 ? `No event ${range}.` : `${plural(result.total, 'event')} ${range}, the newest first.`;
  return {
    text: `${plural(result.total, 'event')}${withoutHosts(result.failures)}`,
    blocks: [
      section(verdict),
      ...uncoveredOf(result),
      ...rowsTable(columns, result.rows, { wrapped: [0] }),
      ...(result.execs > 0
        ? [context(`${plural(result.execs, 'event')} of execs and health checks not shown: \`-f event=exec_start\`.`)]
        : []),
      ...failureBlocks(result.failures),
      ...closing([{ name: 'hosts', line: someHosts(request.hosts) }], result, whichPage(result)),
      ...pageAndShare(request, result),
    ],
  };
}

/** Many busy hosts are named in one block, or nothing else would find room in the message. */
function uncoveredOf({ uncovered }: EventsResult) {
  if (uncovered.length <= MOST_UNCOVERED)
    return uncovered.map(({ host, from }) =>
      context(
        `:warning: *${host}* keeps only its last 256 events: what happened before ${dayAndClock(from)} is not known.`,
      ),
    );
  const names = uncovered.map(({ host, from }) => `*${host}* before ${dayAndClock(from)}`);
  return [
    context(
      `:warning: ${uncovered.length} hosts keep only their last 256 events. What happened earlier is not known: ${named(names, 1500)}.`,
    ),
  ];
}
const MOST_UNCOVERED = 5;

function eventText({ type, action, detail }: EventRow): string {
  const what = type === 'container' ? action : `${type} ${action}`;
  const mark = TROUBLE.test(action) && !/^exit 0$/u.test(detail) ? '⚠ ' : '';
  return plain(`${mark}${what}${detail === '' ? '' : ` (${detail})`}`);
}

/** The time of day; with its day where that is another one. */
function momentText(at: number, until: number): string {
  const iso = new Date(at).toISOString();
  const isSameDay = iso.slice(0, 10) === new Date(until).toISOString().slice(0, 10);
  return isSameDay ? iso.slice(11, 19) : `${iso.slice(5, 10)} ${iso.slice(11, 19)}`;
}

export const eventsCommand = command({
  spec: events,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(eventsView(result, request)),
  progress: 'none',
  approval: 'none',
});
