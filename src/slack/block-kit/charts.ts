import { cut } from '../../text/cut.ts';
import { type ChartBlock, MOST_CATEGORIES, MOST_LABEL, MOST_SERIES } from './chart.ts';

export interface Series {
  readonly name: string;
  /** One for each category. */
  readonly values: readonly number[];
}

/** Draws values over categories. Slack takes twenty categories and six series: the first ones are drawn. */
export function chartOf(
  type: 'bar' | 'line',
  title: string,
  { categories, unit }: { readonly categories: readonly string[]; readonly unit: string },
  series: readonly Series[],
): ChartBlock {
  const labels = distinct(categories.slice(0, MOST_CATEGORIES));
  const drawn = series.slice(0, MOST_SERIES);
  const names = distinct(drawn.map(({ name }) => name));
  return {
    type: 'data_visualization',
    title: cut(title, 50),
    chart: {
      type,
      series: drawn.map(({ values }, at) => ({
        name: names[at] ?? ' ',
        data: labels.map((label, index) => ({ label, value: Number((values[index] ?? 0).toFixed(2)) })),
      })),
      axis_config: { categories: labels, y_label: cut(unit, 50) },
    },
  };
}

/** Labels as short as Slack takes them, each of its own: one that another has already gets a number. */
function distinct(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    let short = cut(label.trim() === '' ? ' ' : label, MOST_LABEL);
    for (let count = 2; taken.has(short); count += 1) short = `${cut(label, MOST_LABEL - 4)} ${count}`;
    taken.add(short);
    return short;
  });
}
