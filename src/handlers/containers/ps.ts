import type { PsArgs } from '../../commands/containers/ps.ts';
import { engineFilters } from '../../commands/language/filters.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import type { Redact } from '../../policy/redact.ts';
import { cutHidden } from '../../text/cut.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { type Page, pagedOver } from '../paged.ts';
import type { Timed } from '../request.ts';
import { formatted } from './ps-format.ts';
import { MOST_HIDDEN, type PsRow, rowOf } from './ps-row.ts';

export interface PsResult extends Timed, Page<PsRow> {
  readonly hosts: readonly {
    readonly host: string;
    readonly containers: number;
    readonly running: number;
    readonly unhealthy: number;
  }[];
  readonly all: boolean;
  /** Each container as `--format` writes it, where that was asked for. */
  readonly lines: { readonly text: string; readonly left: number } | undefined;
}

const PAGE_ROWS = 20;
/** Containers that `--format` writes. */
const MOST_LINES = 500;

export const ps = handler<PsArgs, PsResult>()(['hosts', 'now', 'redact'], async (request, deps, run) => {
  const { args } = request;
  // Docker shows stopped containers too once a status is asked for.
  const newest = args.latest ? 1 : args.last;
  const all =
    args.all || newest !== undefined || args.filter.some((item) => item.key === 'status' || item.key === 'exited');
  const filters = engineFilters(args.filter);
  // Of each host only what may be shown is kept, so that memory does not grow with the containers of a fleet.
  const most = Math.max(args.page * PAGE_ROWS, args.format === undefined ? 0 : MOST_LINES);
  const list = async (engine: Engine) => {
    const listed = await engine.listContainers({ all, filters }, { signal: run.signal });
    const named = listed.filter((container) => isMeant(container, args.names));
    const found = newest === undefined ? named : named.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, newest);
    return {
      containers: found.length,
      running: found.filter((container) => container.state === 'running').length,
      unhealthy: found.filter((container) => urgency(container) === 0).length,
      first: found.toSorted(worstFirst).slice(0, most),
    };
  };
  return overHosts(request, deps, run, {
    each: list,
    resultOf: ({ values, failures }) => {
      const page = pagedOver(
        values.map(({ host, value }) => ({
          total: value.containers,
          first: value.first.map((container) => ({ host, container })),
        })),
        args.page,
        PAGE_ROWS,
      );
      // Only what is shown is cleaned: a command may be long, and there may be many.
      const rows = page.rows.map(({ host, container }) => rowOf(host, container, deps.redact, args.noTrunc));
      const hosts = values.map(({ host, value: { first: _, ...counts } }) => ({ host, ...counts }));
      const lines = args.format === undefined ? undefined : linesOf(values, args, deps);
      return { ...timed(request, deps.now(), failures), hosts, ...page, rows, all, lines };
    },
  });
});

/** As docker's filter by name finds a part of it; or the beginning of an id. */
function isMeant({ names, id }: Container, words: readonly string[]): boolean {
  const isOf = (word: string) =>
    names.some((name) => name.toLowerCase().includes(word)) || (/^[0-9a-f]{4,64}$/u.test(word) && id.startsWith(word));
  return words.length === 0 || words.some((word) => isOf(word.toLowerCase()));
}

interface Listed {
  readonly host: string;
  readonly value: { readonly containers: number; readonly first: readonly Container[] };
}

function linesOf(
  listed: readonly Listed[],
  { format = '', noTrunc }: PsArgs,
  { redact, now }: Pick<Deps, 'redact' | 'now'>,
): NonNullable<PsResult['lines']> {
  const found = listed.flatMap(({ host, value }) => value.first.map((container) => ({ host, container })));
  const total = listed.reduce((sum, { value }) => sum + value.containers, 0);
  const rows = found.slice(0, MOST_LINES).map(({ host, container }) => ({
    ...rowOf(host, container, redact, noTrunc),
    networks: container.networks,
    labels: Object.fromEntries(
      Object.entries(container.labels).map(([key, value]) => [
        cutHidden(key, MOST_HIDDEN, redact),
        hiddenLabel(key, value, redact),
      ]),
    ),
  }));
  return { text: formatted(rows, format, now()), left: total - rows.length };
}

/** The value of a label, masked for what its name says too. */
function hiddenLabel(key: string, value: string, redact: Redact): string {
  const pair = cutHidden(`${key}=${value}`, MOST_HIDDEN, redact);
  return pair.startsWith(`${key}=`) ? pair.slice(key.length + 1) : '***';
}

function urgency(container: Container): number {
  if (container.state === 'restarting' || container.state === 'dead' || container.health === 'unhealthy') return 0;
  if (container.health === 'starting') return 1;
  return container.state === 'running' ? 2 : 3;
}

function worstFirst(a: Container, b: Container): number {
  return urgency(a) - urgency(b) || b.createdAt - a.createdAt;
}
