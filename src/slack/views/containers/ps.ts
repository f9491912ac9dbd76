import type { KnownBlock } from '@slack/types';
import { type PsArgs, ps } from '../../../commands/containers/ps.ts';
import { sayFilters } from '../../../commands/language/filters.ts';
import { sayAge } from '../../../domain/duration.ts';
import { portsText } from '../../../handlers/containers/ports-text.ts';
import type { PsResult } from '../../../handlers/containers/ps.ts';
import { ps as handler } from '../../../handlers/containers/ps.ts';
import type { PsRow } from '../../../handlers/containers/ps-row.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, preformatted, section, table } from '../../block-kit/message.ts';
import { inline, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, pageAndShare, someHosts, whichPage, withoutHosts } from '../parts/over-hosts.ts';

function none({ all }: PsResult, { args: { names, filter }, hosts }: Request<PsArgs>): string {
  const [name] = names;
  if (name !== undefined && names.length === 1 && hosts.includes(name))
    return `No container is called ${inline(name)}. It is a host: ${slash(`ps @${name}`)} shows what runs there.`;
  const what = all ? 'container' : 'running container';
  const asked = [...names.map((one) => `name=${one}`), ...(filter.length > 0 ? [sayFilters(filter)] : [])].join(' ');
  const text = asked === '' ? `No ${what}s.` : `No ${what} matches ${inline(asked)}.`;
  return all ? text : `${text} With \`-a\` stopped ones are shown too.`;
}

/** Characters that fit a message. */
const SHORT_TEXT = 2800;

export function psView(result: PsResult, request: Request<PsArgs>): Message {
  const several = request.hosts.length > 1;
  const { quiet, noTrunc } = request.args;
  // On a phone two columns are seen: which one it is, and how it is.
  const columns: readonly Column<PsRow>[] = [
    { head: 'NAMES', of: ({ names }) => names },
    { head: 'STATUS', of: statusText, isDetail: true },
    ...(several ? [{ head: 'HOST', of: ({ host }: PsRow) => host }] : []),
    { head: 'IMAGE', of: ({ image }) => image, isDetail: true },
    { head: 'PORTS', of: ({ ports }) => portsText(ports), isDetail: true },
    { head: 'CREATED', of: ({ createdAt }) => sayAge(result.at - createdAt), isDetail: true },
    { head: 'CONTAINER ID', of: ({ id }) => id },
    { head: 'COMMAND', of: ({ command }) => `"${noTrunc ? command : cut(command, 20)}"`, isDetail: true },
  ];
  const shown = columns.filter(({ isDetail }) => !(quiet && isDetail));
  const head = shown.map((column) => column.head);
  const rows = (result.lines ? [] : result.rows).map((row) => shown.map(({ of }) => of(row)));
  const totals = result.hosts.map(({ host, containers, running, unhealthy }) => ({
    name: host,
    line: `*${host}* ${running} running${result.all ? ` of ${containers}` : ''}${unhealthy > 0 ? `, ${unhealthy} in trouble` : ''}`,
  }));
  const running = result.hosts.reduce((sum, host) => sum + host.running, 0);
  const unhealthy = result.hosts.reduce((sum, host) => sum + host.unhealthy, 0);
  return {
    text: `${plural(running, 'container')} running on ${someHosts(result.hosts.map((host) => host.host)) || 'no host'}${unhealthy > 0 ? `, ${unhealthy} in trouble` : ''}${withoutHosts(result.failures)}`,
    blocks: [
      ...(result.lines && result.rows.length > 0
        ? linesOf(result.lines, request)
        : rows.length > 0
          ? [table(head, rows, { wrapped: [0] })]
          : result.hosts.length > 0
            ? [section(none(result, request))]
            : []),
      ...failureBlocks(result.failures),
      ...closing(totals, result, whichPage(result)),
      ...(result.lines ? pageAndShare(request) : pageAndShare(request, result)),
    ],
    ...(result.lines && result.lines.text.length > SHORT_TEXT
      ? { file: { name: 'ps.txt', title: cut(request.shownLine, 200), content: result.lines.text } }
      : {}),
  };
}

function linesOf({ text, left }: NonNullable<PsResult['lines']>, request: Request): KnownBlock[] {
  const where = `in the file${request.share ? '' : ', in your direct messages'}`;
  return [
    preformatted(cut(text, SHORT_TEXT)),
    ...(text.length > SHORT_TEXT ? [context(`The other lines are ${where}.`)] : []),
    ...(left > 0 ? [context(`${plural(left, 'container')} left out: narrow it with a name or \`-f\`.`)] : []),
  ];
}

/** Docker's status; what is wrong comes first, since the end of a long one is out of a phone's view. */
function statusText({ health, state, status }: PsRow): string {
  if (health === 'unhealthy') return `⚠ unhealthy · ${status.replace(/ \(unhealthy\)$/u, '')}`;
  return state === 'restarting' || state === 'dead' ? `⚠ ${status}` : status;
}

export const psCommand = command({
  spec: ps,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(psView(result, request)),
  progress: 'none',
  approval: 'none',
});
