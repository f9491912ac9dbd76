import type { Engine } from '../../../docker/client/engine.ts';
import type { Container } from '../../../docker/client/types.ts';
import { figuresOf, pressureOf } from './figures.ts';
import type { HostStats } from './results.ts';
import { type Samples, samplePair } from './sample.ts';

/** Which containers of a host. */
export interface Choice {
  /** Full ids; undefined for all. */
  readonly ids: ReadonlySet<string> | undefined;
  /** Whether those that do not run are named. */
  readonly stopped: boolean;
}

/** What one look at a host gave, with the samples that the next look compares with. */
export interface HostLook extends HostStats {
  readonly samples: Samples;
}

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
  return { host, rows, stopped: stopped.map(plain), silent: silent.map(plain), isWindows, samples: pair.after };
}

const nameOf = ({ names, id }: Container) => names[0] ?? id.slice(0, 12);
