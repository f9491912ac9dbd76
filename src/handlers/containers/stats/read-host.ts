import type { Engine } from '../../../docker/client/engine.ts';
import type { Container } from '../../../docker/client/types.ts';
import { figuresOf, pressureOf } from './figures.ts';
import type { HostStats, StatsRow } from './results.ts';
import { type Samples, samplePair } from './sample.ts';

/** Which containers of a host. */
export interface Choice {
  /** Full ids; undefined for all. */
  readonly ids: ReadonlySet<string> | undefined;
  /** Whether those that do not run are named. */
  readonly stopped: boolean;
  /** Rows that are kept, the worst first. */
  readonly most: number;
}

/** What one look at a host gave, with what the next looks need of every container. */
export interface HostLook extends HostStats {
  /** What the next look compares with. */
  readonly samples: Samples;
  /** CPU per cent by name. */
  readonly cpu: Readonly<Record<string, number>>;
  /** How many of the chosen containers the host does not have any more. */
  readonly lost: number;
}

/** Containers without figures that are named of one host: more than a message has room for. */
const MOST_WITHOUT = 200;

const RUNNING = new Set(['running', 'paused']);

/** Reads what containers of a host use: since `before`, or within a second. */
export async function readHost(
  { engine, host }: { readonly engine: Engine; readonly host: string },
  choice: Choice,
  before: Samples | undefined,
  signal: AbortSignal,
): Promise<HostLook> {
  const [all, { memoryBytes }] = await Promise.all([
    engine.listContainers({ all: true }, { signal }),
    engine.info({ signal }),
  ]);
  const chosen = all.filter(({ id }) => choice.ids?.has(id) ?? true);
  const running = chosen.filter(({ state }) => RUNNING.has(state));
  const ids = running.map(({ id }) => id);
  const pair = before
    ? { before, after: await engine.sampleStats(ids, { signal }) }
    : await samplePair(engine, ids, signal);
  const isWindows = [...pair.after.values()].some((sample) => sample.isWindows);
  const plain = (container: Container) => ({ host, name: nameOf(container), status: container.status });
  const rows = running.flatMap((container) => {
    const [earlier, now] = [pair.before.get(container.id), pair.after.get(container.id)];
    if (!earlier || !now || isWindows) return [];
    const figures = figuresOf(earlier, now, memoryBytes);
    return [
      { host, id: container.id.slice(0, 12), name: nameOf(container), ...figures, pressure: pressureOf(figures) },
    ];
  });
  const isNew = ({ id }: Container) => before !== undefined && !before.has(id) && pair.after.has(id);
  const shown = new Set(rows.map(({ id }) => id));
  const silent = running.filter((one) => !shown.has(one.id.slice(0, 12)) && !isNew(one) && !isWindows);
  const stopped = choice.stopped ? chosen.filter(({ state }) => !RUNNING.has(state)) : [];
  return {
    host,
    running: { total: rows.length, first: rows.toSorted(worstFirst).slice(0, choice.most) },
    stopped: { total: stopped.length, first: stopped.slice(0, MOST_WITHOUT).map(plain) },
    silent: { total: silent.length, first: silent.slice(0, MOST_WITHOUT).map(plain) },
    isWindows,
    samples: pair.after,
    lost: choice.ids === undefined ? 0 : choice.ids.size - chosen.length,
    cpu: Object.fromEntries(rows.map(({ name, cpuPercent }) => [name, cpuPercent])),
  };
}

/** Nearest to a limit of its own first; then what takes most of the host. */
export function worstFirst(a: StatsRow, b: StatsRow): number {
  return b.pressure.share - a.pressure.share || b.cpuPercent - a.cpuPercent || b.memoryBytes - a.memoryBytes;
}

const nameOf = ({ names, id }: Container) => names[0] ?? id.slice(0, 12);
