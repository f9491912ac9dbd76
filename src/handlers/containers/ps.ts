import { filtersOf, type PsArgs } from '../../commands/containers/ps.ts';
import { engineFilters } from '../../commands/language/filters.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { Container } from '../../docker/client/types.ts';
import { cutHidden } from '../../text/cut.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { type Page, paged } from '../paged.ts';
import type { Timed } from '../request.ts';

export interface PsRow
  extends Pick<Container, 'image' | 'command' | 'createdAt' | 'state' | 'status' | 'health' | 'ports'> {
  readonly host: string;
  readonly id: string;
  readonly names: string;
}

export interface PsResult extends Timed, Page<PsRow> {
  readonly hosts: readonly {
    readonly host: string;
    readonly containers: number;
    readonly running: number;
    readonly unhealthy: number;
  }[];
  readonly all: boolean;
}

const PAGE_ROWS = 20;
/** Characters of a command that are looked at for secrets; far fewer are shown. */
const MOST_COMMAND = 4000;

export const ps = handler<PsArgs, PsResult>()(['hosts', 'now', 'redact'], async (request, deps, run) => {
  const { args } = request;
  // Docker shows stopped containers too once a status is asked for.
  const newest = args.latest ? 1 : args.last;
  const all =
    args.all || newest !== undefined || args.filter.some((item) => item.key === 'status' || item.key === 'exited');
  const filters = engineFilters(filtersOf(args));
  const list = async (engine: Engine) => {
    const found = await engine.listContainers({ all, filters }, { signal: run.signal });
    return newest === undefined ? found : found.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, newest);
  };
  return overHosts(request, deps, run, {
    each: list,
    resultOf: ({ values, failures }) => {
      // Only what is shown is cleaned: a command may be long, and there may be many.
      const found = values.flatMap(({ host, value }) =>
        value.toSorted(worstFirst).map((container) => ({ host, container })),
      );
      const page = paged(found, args.page, PAGE_ROWS);
      const rows = page.rows.map(({ host, container }) => rowOf(host, container, deps.redact, args.noTrunc));
      const hosts = values.map(({ host, value }) => ({
        host,
        containers: value.length,
        running: value.filter((container) => container.state === 'running').length,
        unhealthy: value.filter((container) => urgency(container) === 0).length,
      }));
      return { ...timed(request, deps.now(), failures), hosts, ...page, rows, all };
    },
  });
});

function rowOf(host: string, container: Container, redact: (text: string) => string, whole: boolean): PsRow {
  const { image, createdAt, state, status, health, ports } = container;
  const names = container.names.join(',');
  return {
    host,
    id: whole ? container.id : container.id.slice(0, 12),
    // With a tag it says enough: the digest is what a rollout was pinned to, and there is an id for it.
    image: /^sha256:/u.test(image) ? image.slice(7, 19) : image.replace(/(:[\w.-]+)@sha256:[0-9a-f]{64}$/u, '$1'),
    command: cutHidden(container.command, MOST_COMMAND, redact),
    createdAt,
    state,
    status,
    health,
    ports,
    names,
  };
}

function urgency(container: Container): number {
  if (container.state === 'restarting' || container.state === 'dead' || container.health === 'unhealthy') return 0;
  if (container.health === 'starting') return 1;
  return container.state === 'running' ? 2 : 3;
}

function worstFirst(a: Container, b: Container): number {
  return urgency(a) - urgency(b) || b.createdAt - a.createdAt;
}
