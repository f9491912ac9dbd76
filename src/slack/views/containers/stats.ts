import type { KnownBlock } from '@slack/types';
import { type StatsArgs, stats } from '../../../commands/containers/stats.ts';
import { sayMemory, saySize } from '../../../domain/size.ts';
import type { StatsResult, StatsRow, WithoutFigures } from '../../../handlers/containers/stats/results.ts';
import { stats as handler } from '../../../handlers/containers/stats.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { clock, inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, pageAndShare, rowsTable, whichPage, withoutHosts } from '../parts/over-hosts.ts';
import { stopButton } from '../parts/stop-button.ts';
import { statsCharts } from './stats-charts.ts';

/** A container that uses this share of a limit of its own is named first. */
const NEAR = 0.8;

export function statsView(result: StatsResult, request: Request<StatsArgs>): Message {
  const several = request.hosts.length > 1;
  // On a phone two or three columns are seen: which one it is, and how near it is to its limit.
  const columns: readonly Column<StatsRow>[] = [
    { head: 'NAME', of: ({ name }) => name },
    { head: 'MEM %', of: memoryText },
    { head: 'CPU %', of: cpuText },
    { head: 'MEM USAGE / LIMIT', of: usageText },
    ...(several ? [{ head: 'HOST', of: ({ host }: StatsRow) => host }] : []),
    { head: 'NET I/O', of: ({ network: net }) => (net ? `${saySize(net.received)} / ${saySize(net.sent)}` : '–') },
    { head: 'BLOCK I/O', of: ({ block }) => `${saySize(block.read)} / ${saySize(block.written)}` },
    { head: 'PIDS', of: ({ pids, pidsLimit: most }) => (most === undefined ? String(pids) : `${pids} / ${most}`) },
  ];
  const totals = result.hosts.map(({ host, running }) => ({ name: host, line: `*${host}* ${running} running` }));
  const verdict = verdictOf(result, several);
  const charts = statsCharts(result, several);
  return {
    text: `${verdict.replace(/[*]|\.$/gu, '')}${withoutHosts(result.failures)}`,
    blocks: [
      section(verdict),
      ...rowsTable(columns, result.rows, { right: [1, 2], wrapped: [0] }),
      ...withoutFigures(result, several),
      ...failureBlocks(result.failures),
      ...closing(totals, result, whichPage(result)),
      ...(result.follow ? following(result.follow, request) : pageAndShare(request, result)),
    ],
    ...(charts.length > 0 ? { charts } : {}),
  };
}

/** The first line: which container is near a limit of its own, or that none is. */
function verdictOf({ worst, total, hosts }: StatsResult, several: boolean): string {
  const near = worst.filter(({ pressure }) => pressure.share >= NEAR);
  const [first] = near;
  if (!first) {
    if (total === 0) return hosts.length === 0 ? 'No figures.' : 'No running container.';
    return total === 1
      ? `${nameOf(worst[0], several)} is within its limits.`
      : `All ${total} containers are within their limits.`;
  }
  const others = near.length > 1 ? ` ${near.length - 1} more near a limit.` : '';
  return `:warning: ${nameOf(first, several)} ${pressureText(first)}.${others}`;
}

const nameOf = (row: StatsRow | undefined, several: boolean) =>
  row === undefined ? '' : `*${plain(row.name)}*${several ? ` on *${row.host}*` : ''}`;

function pressureText({ pressure, memoryLimit = 0, pidsLimit = 0, memoryBytes, pids }: StatsRow): string {
  if (pressure.of === 'cpu') return `was held back by its CPU limit ${percent(pressure.share * 100, 0)} of the time`;
  if (pressure.of === 'pids') return `uses ${pids} of the ${pidsLimit} processes it may have`;
  return `uses ${percent((memoryBytes / memoryLimit) * 100, 0)} of its memory limit (${sayMemory(memoryLimit)})`;
}

const percent = (value: number, digits = 2) => `${value.toFixed(digits)}%`;
const memoryText = ({ memoryLimit, memoryPercent }: StatsRow) =>
  memoryLimit === undefined ? 'no limit' : percent(memoryPercent);
const cpuText = ({ cpuPercent, throttled }: StatsRow) =>
  `${percent(cpuPercent)}${throttled >= NEAR ? ' ⚠ at its limit' : ''}`;
const usageText = ({ memoryBytes, memoryLimit }: StatsRow) =>
  `${sayMemory(memoryBytes)}${memoryLimit === undefined ? '' : ` / ${sayMemory(memoryLimit)}`}`;

/** Containers that have no figures, and why. */
function withoutFigures({ stopped, silent, windows, unnamed }: StatsResult, several: boolean): KnownBlock[] {
  const line = (one: WithoutFigures, why: string) => {
    const name = `${inline(one.name)}${several ? ` on *${one.host}*` : ''}`;
    return { name, line: `${name}: ${why}` };
  };
  return listed(
    [
      ...stopped.map((one) => line(one, plain(`not running (${one.status})`))),
      ...silent.map((one) => line(one, 'the engine gave no figures')),
      ...windows.map((host) => ({
        name: host,
        line: `*${host}* runs Windows containers, whose figures are not supported.`,
      })),
    ],
    (count) => plural(count, 'more container'),
    { beyond: unnamed },
  );
}

function following({ id, until, ended }: NonNullable<StatsResult['follow']>, request: Request): KnownBlock[] {
  const ends = {
    time: 'the time is up',
    stopped: 'stopped',
    deleted: 'its message was deleted',
    shutdown: 'Fairlead is restarting',
  };
  if (ended === undefined) return [context(`:red_circle: following until ${clock(until)}`), ...stopButton(id)];
  return [context(`ended: ${ends[ended]} · Again: ${slash(cut(request.shownLine, 120))}`)];
}

export const statsCommand = command({
  spec: stats,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(statsView(result, request)),
  progress: { view: statsView, stands: 'private', begins: 'at-once' },
  approval: 'none',
});
