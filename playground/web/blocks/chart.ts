import { h } from '../dom.ts';

interface Series {
  readonly name: string;
  readonly data: readonly { readonly label: string; readonly value: number }[];
}

interface ChartBlock {
  readonly title: string;
  readonly chart: {
    readonly type: string;
    readonly series?: readonly Series[];
    readonly axis_config?: { readonly categories: readonly string[]; readonly y_label?: string };
  };
}

const WIDTH = 480;
const HEIGHT = 150;

/** Draws a chart over categories, which is what Slack shows of a `data_visualization`. */
export function drawChart(block: object): HTMLElement {
  const { title, chart } = block as ChartBlock;
  const { series = [], axis_config: { categories = [], y_label: unit = '' } = {} } = chart;
  const most = Math.max(...series.flatMap(({ data }) => data.map(({ value }) => value)), 0) || 1;
  const drawn = chart.type === 'line' ? lines(series, categories, most) : bars(series, categories, most);
  return h(
    'figure',
    { class: 'chart', 'aria-label': title },
    h('figcaption', {}, h('strong', {}, title), unit === '' ? false : ` ${unit}, up to ${Number(most.toPrecision(3))}`),
    drawn,
    h(
      'ul',
      { class: 'legend' },
      (series.length > 1 ? series.map(({ name }) => name) : categories).map((name, index) =>
        h('li', { class: series.length > 1 ? `series-${index % 6}` : 'series-0' }, name),
      ),
    ),
  );
}

function bars(series: readonly Series[], categories: readonly string[], most: number): Element {
  const slot = WIDTH / Math.max(1, categories.length);
  const width = Math.min(40, (slot * 0.7) / series.length);
  return svg(
    categories.flatMap((category, at) =>
      series.map(({ data }, index) => {
        const value = data.find(({ label }) => label === category)?.value ?? 0;
        const height = Math.max(1, (value / most) * HEIGHT);
        const x = slot * at + slot / 2 + (index - series.length / 2) * width;
        return shape('rect', { class: `series-${index % 6}`, x, y: HEIGHT - height, width, height });
      }),
    ),
  );
}

function lines(series: readonly Series[], categories: readonly string[], most: number): Element {
  const step = WIDTH / Math.max(1, categories.length - 1);
  return svg(
    series.map(({ data }, index) => {
      const points = categories.map((category, at) => {
        const value = data.find(({ label }) => label === category)?.value ?? 0;
        return `${step * at},${HEIGHT - (value / most) * (HEIGHT - 2)}`;
      });
      return shape('polyline', { class: `series-${index % 6}`, points: points.join(' ') });
    }),
  );
}

function svg(children: readonly Element[]): Element {
  const element = shape('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'presentation' });
  element.append(...children);
  return element;
}

function shape(tag: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
