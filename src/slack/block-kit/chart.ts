import { type Check, isObject, type Json, kinds, list, number, object, oneOf, string, unique } from './checks.ts';

/** A chart that Slack draws (block `data_visualization`). Newer than @slack/types, which does not know it. */
export interface ChartBlock {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'bar' | 'line';
    readonly series: readonly { readonly name: string; readonly data: readonly Point[] }[];
    readonly axis_config: {
      readonly categories: readonly string[];
      readonly x_label?: string;
      readonly y_label?: string;
    };
  };
}

interface Point {
  readonly label: string;
  readonly value: number;
}

const MOST_CHARTS = 2;
export const MOST_SERIES = 6;
export const MOST_CATEGORIES = 20;
export const MOST_LABEL = 20;

const anyNumber = number(-Number.MAX_VALUE, Number.MAX_VALUE);
const label = string(MOST_LABEL);
/** Its labels are those of the categories, whose number and length are checked. */
const point = object({ 'label!': string(Number.POSITIVE_INFINITY), 'value!': anyNumber });
const series = object({ 'name!': label, 'data!': list(Number.POSITIVE_INFINITY, point) });
const axes = {
  'series!': list(MOST_SERIES, series),
  'axis_config!': object({ 'categories!': list(MOST_CATEGORIES, label), x_label: string(50), y_label: string(50) }),
};
const segment = object({ 'label!': label, 'value!': number(Number.MIN_VALUE, Number.MAX_VALUE) });

const chartBlock = object({
  'type!': oneOf('data_visualization'),
  block_id: unique('block_id'),
  'title!': string(50),
  'chart!': kinds({ pie: { 'segments!': list(MOST_SERIES, segment) }, bar: axes, line: axes, area: axes }),
});

/** A message may hold two. Every series has one point for each category, in any order. */
export const chart: Check = (value, at, context) => {
  if (context.surface !== 'message')
    return context.report('not_allowed', 'unsupported type: data_visualization', `${at}/type`);
  chartBlock(value, at, context);
  const { used } = context;
  used.charts += 1;
  if (used.charts === MOST_CHARTS + 1)
    context.report('too_many', `no more than ${MOST_CHARTS} data_visualization blocks allowed`, at);
  const { series: all, axis_config: axis } = objectOf((value as Json)['chart']);
  const categories = textsOf(objectOf(axis)['categories']);
  if (new Set(categories).size < categories.length)
    context.report('not_unique', 'categories must be unique', `${at}/chart/axis_config/categories`);
  const given = Array.isArray(all) ? all.map(objectOf) : [];
  if (new Set(given.map((one) => one['name'])).size < given.length)
    context.report('not_unique', 'series names must be unique', `${at}/chart/series`);
  for (const [index, one] of given.entries()) {
    const labels = Array.isArray(one['data']) ? one['data'].map((point) => objectOf(point)['label']) : [];
    if ([...labels].sort().join('\n') !== [...categories].sort().join('\n'))
      context.report('mismatch', 'one data point for each category', `${at}/chart/series/${index}/data`);
  }
};

const objectOf = (value: unknown): Json => (isObject(value) ? value : {});
const textsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
