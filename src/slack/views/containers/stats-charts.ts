import type { StatsResult, StatsRow } from '../../../handlers/containers/stats/results.ts';
import type { ChartBlock } from '../../block-kit/chart.ts';
import { chartOf } from '../../block-kit/charts.ts';

/** Charts of the worst few: what they use now, or the CPU of each over the time that was followed. */
export function statsCharts({ worst, follow }: StatsResult, several: boolean): ChartBlock[] {
  const name = (row: StatsRow) => (several ? `${row.name} ${row.host}` : row.name);
  if (follow && follow.history.length > 1 && worst.length > 0) return [overTime(worst, follow.history, name)];
  if (worst.length < 2) return [];
  const limited = worst.filter(({ memoryLimit }) => memoryLimit !== undefined);
  const bars = (title: string, unit: string, rows: readonly StatsRow[], of: (row: StatsRow) => number) =>
    chartOf('bar', title, { categories: rows.map(name), unit }, [{ name: unit, values: rows.map(of) }]);
  return [
    limited.length > 1
      ? bars('Memory, share of the limit', '% of the limit', limited, ({ memoryPercent }) => memoryPercent)
      : bars('Memory', 'MiB', worst, ({ memoryBytes }) => memoryBytes / 1024 ** 2),
    bars('CPU', '% of one CPU', worst, ({ cpuPercent }) => cpuPercent),
  ];
}

function overTime(
  worst: readonly StatsRow[],
  history: NonNullable<StatsResult['follow']>['history'],
  name: (row: StatsRow) => string,
): ChartBlock {
  const last = history.at(-1)?.at ?? 0;
  const categories = history.map(({ at }) => (at === last ? 'now' : `-${Math.round((last - at) / 1000)} s`));
  const series = worst.map((row) => ({
    name: name(row),
    values: history.map(({ cpu }) => cpu[`${row.host}/${row.name}`] ?? 0),
  }));
  return chartOf('line', 'CPU', { categories, unit: '% of one CPU' }, series);
}
