/** Blocks as short as a test of limits wants them. */
export const x = (count: number) => 'x'.repeat(count);
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
export const plain = (text: string) => ({ type: 'plain_text', text });
export const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
export const section = (more: object = {}) => ({ type: 'section', text: mrkdwn('hi'), ...more });
export const button = (more: object = {}) => ({ type: 'button', text: plain('Go'), ...more });
export const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
export const option = (text = 'a', value = 'a') => ({ text: plain(text), value });
export const rich = (...elements: unknown[]) => ({ type: 'rich_text', elements });
export const preformatted = (text: string) => ({ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] });
export const raw = (text: string) => ({ type: 'raw_text', text });
export const table = (rows: unknown[][], more: object = {}) => ({ type: 'table', rows, ...more });
export const select = (more: object) => actions({ type: 'static_select', ...more });
export const overflow = (count: number) => actions({ type: 'overflow', options: times(count, () => option()) });
export const confirm = (more: object) =>
  actions(
    button({ confirm: { title: plain('t'), text: mrkdwn('t'), confirm: plain('y'), deny: plain('n'), ...more } }),
  );
export const input = (element: object, more: object = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...more,
});
export const picture = (more: object = {}) => ({
  type: 'image',
  image_url: 'https://x.test/a.png',
  alt_text: 'a',
  ...more,
});

/** A bar chart of so many categories and series, each with `points` points. */
export const chart = (
  { categories = 2, series = 1, label = 'c', name = 's', points = categories }: ChartParts,
  more: object = {},
) => {
  const labels = times(categories, (at) => `${label}${at}`);
  return {
    type: 'data_visualization',
    title: 'Chart',
    chart: {
      type: 'bar',
      series: times(series, (at) => ({
        name: `${name}${at}`,
        data: labels.slice(0, points).map((one) => ({ label: one, value: 1 })),
      })),
      axis_config: { categories: labels },
    },
    ...more,
  };
};

interface ChartParts {
  readonly categories?: number;
  readonly series?: number;
  readonly label?: string;
  readonly name?: string;
  readonly points?: number;
}
