import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

export const RULES = 'install/prometheus/rules.yml';

const Rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const Dashboard = z.looseObject({
  panels: z.array(
    z.looseObject({
      id: z.int(),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.looseObject({ expr: z.string() })).default([]),
    }),
  ),
  templating: z.looseObject({ list: z.array(z.looseObject({ name: z.string(), query: z.unknown() })) }),
});

const LabelValues = z.looseObject({ query: z.string() });

/** The alert rules as they are shipped. */
export const alerts = () => Rules.parse(parse(readFileSync(RULES, 'utf8'))).groups.flatMap(({ rules }) => rules);

/** The dashboard as it is shipped. */
export const dashboard = () => Dashboard.parse(JSON.parse(readFileSync('install/grafana/fairlead.json', 'utf8')));

/** The queries of the dashboard, as Grafana asks them for the job `fairlead`, all hosts and an interval of half a minute. */
export const queries = (): readonly { readonly title: string; readonly text: string }[] =>
  dashboard().panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      title,
      text: expr.replaceAll('$__rate_interval', '30s').replaceAll('$job', 'fairlead').replaceAll('$host', '.*'),
    })),
  );

/** What the variables of the dashboard offer to choose from, each as the path at which Grafana asks Prometheus for it. */
export const choices = (): readonly { readonly name: string; readonly path: string }[] =>
  dashboard().templating.list.flatMap(({ name, query }) => {
    const asked = LabelValues.safeParse(query);
    if (!asked.success) return [];
    const [, series = '', label = ''] = /^label_values\((.+), (\w+)\)$/u.exec(asked.data.query) ?? [];
    const match = encodeURIComponent(series.replaceAll('$job', 'fairlead'));
    return { name, path: `label/${label}/values?match[]=${match}` };
  });

/** The names of Fairlead's metrics in a query, without what a histogram puts behind them. */
export const metricsIn = (query: string): readonly string[] =>
  [...query.matchAll(/\bfairlead_\w+/gu)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/u, ''));

/** Each label that a query selects or groups Fairlead's metrics by, as a query that has data if a series has the label. */
export const labelsIn = (query: string): readonly string[] => {
  const selected = [...query.matchAll(/\b(fairlead_\w+)\{([^}]*)\}/gu)].flatMap(([, metric = '', matchers = '']) =>
    [...matchers.matchAll(/(\w+)[=!]/gu)].map(([, label]) => `count(${metric}{${label}!=""})`),
  );
  const names = [...query.matchAll(/\bfairlead_\w+/gu)].map(([name]) => name).join('|');
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/gu)].flatMap(([, labels = '']) => labels.split(/, ?/u));
  return [...selected, ...grouped.map((label) => `count({__name__=~"${names}", ${label}!=""})`)];
};
