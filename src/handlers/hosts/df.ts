import { PRUNABLE, type Prunable } from '../../commands/cleanup/prune.ts';
import type { DfArgs } from '../../commands/hosts/df.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { DiskUsage } from '../../docker/client/types.ts';
import { candidates } from '../cleanup/plan.ts';
import { verifiedOn } from '../cleanup/verified.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';

/** What one kind of thing takes of a host's disk, and what its prune would free. */
export interface DiskRow {
  readonly host: string;
  readonly what: Prunable;
  readonly bytes: number;
  /** Items that the prune would remove now, and their bytes: an upper bound, as layers may be shared. */
  readonly items: number;
  readonly frees: number;
  /** What to type, without the host. */
  readonly line: string;
}

export interface DfResult extends Timed {
  readonly hosts: readonly {
    readonly host: string;
    readonly rows: readonly DiskRow[];
    readonly freeBytes: number | undefined;
    /** Unused volumes that have a name: they are removed only by it. */
    readonly named: readonly { readonly name: string; readonly bytes: number }[];
  }[];
}

/** Each prune as it frees most; networks take no space. */
const PRUNES = PRUNABLE.filter((what) => what !== 'networks').map((what) => ({ what, all: what === 'images' }));

/** Counting bytes is slow on a full host. */
const DEADLINE_MS = 60_000;

export const df = handler<DfArgs, DfResult>()(['hosts', 'now', 'redact', 'store'], async (request, deps, run) =>
  overHosts(request, { ...deps, hosts: patient(deps.hosts) }, run, {
    each: (engine, host) => readHost({ engine, host }, deps, run.signal),
    resultOf: ({ values, failures }) => ({
      ...timed(request, deps.now(), failures),
      hosts: values.map(({ host, value }) => ({ host, ...value })),
    }),
  }),
);

const patient = (hosts: Deps['hosts']): Deps['hosts'] => ({
  ...hosts,
  each: (names, work, options) => hosts.each(names, work, { deadlineMs: DEADLINE_MS, ...options }),
});

async function readHost(
  { engine, host }: { readonly engine: Engine; readonly host: string },
  deps: Pick<Deps, 'now' | 'store'>,
  signal: AbortSignal,
) {
  const [usage, verified, freeBytes] = await Promise.all([
    engine.diskUsage({ signal }),
    verifiedOn(host, deps),
    engine.diskFree({ signal }).catch(() => undefined),
  ]);
  const rows = await Promise.all(
    PRUNES.map(async ({ what, all }): Promise<DiskRow> => {
      const args = { what, all, names: [], olderThan: undefined };
      const found = await candidates(engine, { args, now: deps.now(), signal, verified });
      return {
        host,
        what,
        bytes: bytesOf(usage, what),
        items: found.length,
        frees: found.reduce((sum, { bytes }) => sum + bytes, 0),
        line: `prune ${what}${all ? ' -a' : ''}`,
      };
    }),
  );
  const named = usage.volumes
    .filter(({ name, refs }) => refs === 0 && !/^[0-9a-f]{64}$/u.test(name))
    .map(({ name, bytes }) => ({ name, bytes }))
    .toSorted((a, b) => b.bytes - a.bytes);
  return { rows: rows.toSorted((a, b) => b.frees - a.frees), freeBytes, named };
}

function bytesOf(usage: DiskUsage, what: Prunable): number {
  const of = { images: usage.imagesBytes, containers: usage.containersBytes, volumes: usage.volumesBytes };
  return what === 'cache' ? usage.cacheBytes : what === 'networks' ? 0 : of[what];
}
