import { type DfArgs, df } from '../../../commands/hosts/df.ts';
import { saySize } from '../../../domain/size.ts';
import { type DfResult, type DiskRow, df as handler } from '../../../handlers/hosts/df.ts';
import type { Request } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { slash } from '../../block-kit/commands.ts';
import { buttons, context, type Message, type Press, section } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, firstRows, hostLines, share, withoutHosts } from '../parts/over-hosts.ts';

const MOST_NAMES = 600;

export function dfView(result: DfResult, request: Request<DfArgs>): Message {
  const several = result.hosts.length > 1;
  const all = result.hosts.flatMap(({ rows }) => rows).toSorted((a, b) => b.frees - a.frees);
  const columns: readonly Column<DiskRow>[] = [
    { head: 'TYPE', of: ({ what }) => what },
    { head: 'FREES', of: ({ frees, items }) => (items === 0 ? 'nothing' : saySize(frees)) },
    { head: 'SIZE', of: ({ bytes }) => saySize(bytes) },
    ...(several ? [{ head: 'HOST', of: ({ host }: DiskRow) => host }] : []),
    { head: 'ITEMS', of: ({ items }) => String(items) },
    { head: 'TO TYPE', of: ({ line, host, items }) => (items === 0 ? '' : `/${line} @${host}`) },
  ];
  const verdict = verdictOf(all);
  const totals = result.hosts.map(({ host, freeBytes }) => ({
    name: host,
    line: `*${host}*${freeBytes === undefined ? '' : ` ${saySize(freeBytes)} free`}`,
  }));
  return {
    text: `${verdict.replace(/[*]|\.$/gu, '')}${withoutHosts(result.failures)}`,
    blocks: [
      section(verdict),
      ...firstRows(columns, all, { right: [1, 2] }),
      ...hostLines(result.hosts.flatMap(namedVolumes)),
      context('Each prune shows first what it would remove. Layers that images share are freed with the last of them.'),
      ...failureBlocks(result.failures),
      ...closing(totals, result),
      ...buttons([...pressesFor(all), ...share(request)]),
    ],
  };
}

function verdictOf(rows: readonly DiskRow[]): string {
  const sum = rows.reduce((total, { frees }) => total + frees, 0);
  const [most] = rows;
  if (!most || sum === 0) return 'Nothing to free.';
  return `Up to *${saySize(sum)}* can be freed, most of it by ${slash(`${most.line} --on ${most.host}`)}: ${saySize(most.frees)}.`;
}

/** The kinds with something to free, on every host that has it. */
function pressesFor(rows: readonly DiskRow[]): Press[] {
  const lines = Map.groupBy(
    rows.filter(({ items }) => items > 0),
    ({ line }) => line,
  );
  return [...lines].map(([line, on]) => ({
    label: `/${line}`,
    line: `/${line} --on ${on.map(({ host }) => host).join(',')}`,
  }));
}

/** Unused volumes with a name hold data that somebody meant to keep. */
function namedVolumes({ host, named: volumes }: DfResult['hosts'][number]) {
  if (volumes.length === 0) return [];
  const bytes = volumes.reduce((sum, one) => sum + one.bytes, 0);
  const names = named(
    volumes.map(({ name }) => inline(name)),
    MOST_NAMES,
  );
  const what = `${volumes.length === 1 ? 'An unused volume has a name' : `${volumes.length} unused volumes have names`}`;
  const line = `*${host}* ${what} (${saySize(bytes)}) and ${volumes.length === 1 ? 'goes' : 'go'} only by it: ${names}. ${slash(`prune volumes <name> --on ${host}`)}`;
  return [{ name: host, line }];
}

export const dfCommand = command({
  spec: df,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(dfView(result, request)),
  progress: 'none',
  approval: 'none',
});
