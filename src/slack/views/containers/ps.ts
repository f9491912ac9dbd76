import { filtersOf, type PsArgs, ps } from '../../../commands/containers/ps.ts';
import { sayFilters } from '../../../commands/language/filters.ts';
import type { Port } from '../../../docker/client/types.ts';
import { sayAge } from '../../../domain/duration.ts';
import type { PsResult, PsRow } from '../../../handlers/containers/ps.ts';
import { ps as handler } from '../../../handlers/containers/ps.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section, table } from '../../block-kit/message.ts';
import { inline, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, pageAndShare, someHosts, whichPage, withoutHosts } from '../parts/over-hosts.ts';

function none({ all }: PsResult, { args, hosts }: Request<PsArgs>): string {
  if (args.name !== undefined && hosts.includes(args.name))
    return `No container is called ${inline(args.name)}. It is a host: ${slash(`ps @${args.name}`)} shows what runs there.`;
  const filter = filtersOf(args);
  const what = all ? 'container' : 'running container';
  const text = filter.length === 0 ? `No ${what}s.` : `No ${what} matches ${inline(sayFilters(filter))}.`;
  return all ? text : `${text} With \`-a\` stopped ones are shown too.`;
}

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
  const rows = result.rows.map((row) => shown.map(({ of }) => of(row)));
  const totals = result.hosts.map(({ host, containers, running, unhealthy }) => ({
    name: host,
    line: `*${host}* ${running} running${result.all ? ` of ${containers}` : ''}${unhealthy > 0 ? `, ${unhealthy} in trouble` : ''}`,
  }));
  const running = result.hosts.reduce((sum, host) => sum + host.running, 0);
  const unhealthy = result.hosts.reduce((sum, host) => sum + host.unhealthy, 0);
  return {
    text: `${plural(running, 'container')} running on ${someHosts(result.hosts.map((host) => host.host)) || 'no host'}${unhealthy > 0 ? `, ${unhealthy} in trouble` : ''}${withoutHosts(result.failures)}`,
    blocks: [
      ...(rows.length > 0
        ? [table(head, rows, { wrapped: [0] })]
        : result.hosts.length > 0
          ? [section(none(result, request))]
          : []),
      ...failureBlocks(result.failures),
      ...closing(totals, result, whichPage(result)),
      ...pageAndShare(request, result),
    ],
  };
}

/** Docker's status; what is wrong comes first, since the end of a long one is out of a phone's view. */
function statusText({ health, state, status }: PsRow): string {
  if (health === 'unhealthy') return `⚠ unhealthy · ${status.replace(/ \(unhealthy\)$/u, '')}`;
  return state === 'restarting' || state === 'dead' ? `⚠ ${status}` : status;
}

/** As docker writes them: `0.0.0.0:8080->80/tcp`; the same port on IPv4 and IPv6 once. */
export function portsText(ports: readonly Port[]): string {
  const texts = ports
    .toSorted((a, b) => a.privatePort - b.privatePort)
    .map((port) =>
      port.publicPort === undefined
        ? `${port.privatePort}/${port.protocol}`
        : `${port.ip === '::' || port.ip === undefined ? '0.0.0.0' : port.ip}:${port.publicPort}->${port.privatePort}/${port.protocol}`,
    );
  return [...new Set(texts)].join(', ');
}

export const psCommand = command({
  spec: ps,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(psView(result, request)),
  progress: 'none',
  approval: 'none',
});
