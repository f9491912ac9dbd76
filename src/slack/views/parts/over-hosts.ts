import type { KnownBlock } from '@slack/types';
import type { Page } from '../../../handlers/paged.ts';
import type { HostFailure, Request, Timed } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { type Entry, listed } from '../../block-kit/listed.ts';
import { buttons, context, type Press, table } from '../../block-kit/message.ts';
import { clock, plural } from '../../block-kit/text.ts';

/** One column of a list; with `-q`, details are left out. */
export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  readonly isDetail?: boolean;
}

/** The rows as a table, with the columns at these places aligned to the right or wrapped; nothing without rows. */
export function rowsTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  style: { readonly right?: readonly number[]; readonly wrapped?: readonly number[] },
): KnownBlock[] {
  if (rows.length === 0) return [];
  return [
    table(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ of }) => of(row))),
      style,
    ),
  ];
}

/** Slack takes a hundred rows in a table, the head among them. */
const MOST_ROWS = 99;

/** As `rowsTable`, of a list without pages: rows that one table does not take are counted below it. */
export function firstRows<Row>(...[columns, rows, style]: Parameters<typeof rowsTable<Row>>): KnownBlock[] {
  const left = rows.length - MOST_ROWS;
  const shown = rowsTable(columns, rows.slice(0, MOST_ROWS), style);
  return left > 0 ? [...shown, context(`… and ${plural(left, 'more row')}. Fewer hosts (\`--on\`) show them.`)] : shown;
}

/** Lines about single hosts, each in a block as long as they are few: Slack takes fifty blocks. */
export function hostLines(entries: readonly Total[]): KnownBlock[] {
  if (entries.length <= MOST_LINES) return entries.map(({ line }) => context(line));
  return listed(entries, (count) => plural(count, 'more host'));
}
const MOST_LINES = 5;

/** For a lock screen: who gave nothing, and whether there is more to come. */
export function withoutHosts(failures: readonly HostFailure[]): string {
  const late = failures.filter(({ awaited }) => awaited).map(({ host }) => host);
  const failed = failures.filter(({ awaited }) => !awaited).map(({ host }) => host);
  return [
    failed.length > 0 ? `; nothing from ${someHosts(failed)}` : '',
    late.length > 0 ? `; still waiting for ${someHosts(late)}` : '',
  ].join('');
}

const NAMES = 200;

/** Hosts in a line that says more than their names. */
export function someHosts(hosts: readonly string[]): string {
  return named(hosts, NAMES);
}

/** Totals of hosts, and the line that closes every reply over hosts: which page, when, how long. */
export function closing(
  totals: readonly Total[],
  timed: Pick<Timed, 'at' | 'ms'>,
  facts: readonly string[] = [],
): KnownBlock[] {
  const last = [...facts, clock(timed.at), `${timed.ms} ms`];
  const all = [...totals.map(({ line }) => line), ...last].join(' · ');
  if (all.length <= MOST_CLOSING) return [context(all)];
  return [...listed(totals, (count) => plural(count, 'more host')), context(last.join(' · '))];
}

/** Beyond this, totals are listed line by line, away from what closes the reply. */
const MOST_CLOSING = 600;

/** What there is on a host, in one line that names it. */
export type Total = Required<Entry>;

/** The same line with another page, or shared. */
function withOption(line: string, option: string, value?: string): string {
  const words = line.split(' ');
  const name = `--${option}`;
  const isOld = (word: string, at: number) =>
    at > 0 &&
    (value === undefined
      ? word === name
      : word.startsWith(`${name}=`) || word === name || (at > 1 && words[at - 1] === name));
  const without = words.filter((word, at) => !isOld(word, at)).join(' ');
  return `${without} --${option}${value === undefined ? '' : ` ${value}`}`;
}

/** Which page it is, where there are several or another was asked for. */
export function whichPage({ page, pages, asked }: Page<unknown>): string[] {
  const none = asked > page ? ` (there is no ${asked})` : '';
  return pages > 1 || none !== '' ? [`page ${page} of ${pages}${none}`] : [];
}

export type Option = readonly [name: string, value?: string];

/** A button that gives the line of a request again, with other options. A line with secrets has none, since Slack keeps it. */
export function again(
  { line, shownLine }: Pick<Request, 'line' | 'shownLine'>,
  label: string,
  ...options: readonly Option[]
): Press[] {
  if (line !== shownLine) return [];
  return [{ label, line: options.reduce((said, [name, value]) => withOption(said, name, value), line) }];
}

/** Says the same to the whole channel, where it is not said there. */
export const share = (request: Pick<Request, 'line' | 'share' | 'shownLine'>): Press[] =>
  request.share ? [] : again(request, 'Share', ['share']);

/** Buttons that end a list: what else to do, the pages before and behind, and sharing. */
export function pageAndShare(
  request: Request,
  page?: { readonly page: number; readonly pages: number },
  before: readonly Press[] = [],
): KnownBlock[] {
  const turned = (label: string, to: number) => again(request, label, ['page', String(to)]);
  const shown = buttons([
    ...before,
    ...(page && page.page > 1 ? turned('‹ Back', page.page - 1) : []),
    ...(page && page.page < page.pages ? turned('More ›', page.page + 1) : []),
    ...share(request),
  ]);
  // A line of its own is too long for a button, and so is the next page's.
  if (!page || page.pages < 2 || shown.length > 0) return shown;
  return [
    context(
      `The line ${request.line === request.shownLine ? 'is too long for buttons' : 'has a secret, so it gets no buttons'}. Repeat it with \`--page ${page.page < page.pages ? page.page + 1 : 1}\`.`,
    ),
  ];
}
