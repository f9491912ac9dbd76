import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithPrometheus, promtool } from '../bed/promtool.ts';
import { alerts, dashboard, metricsIn, queries, RULES } from './shipped.ts';

describeWithPrometheus('the alert rules', () => {
  it('are valid, fire when they should, and only then', async () => {
    expect(await promtool('check', 'rules', RULES)).toContain('SUCCESS');
    expect(await promtool('test', 'rules', 'test/prometheus/rules.test.yml')).toContain('SUCCESS');
  });

  it('and the example of a scrape is a valid configuration', async () => {
    expect(await promtool('check', 'config', 'install/prometheus/scrape.yml')).toContain('SUCCESS');
  });
});

it('each alert has a case in which it fires, a case in which it does not, and a section in the docs', () => {
  const cases = readFileSync('test/prometheus/rules.test.yml', 'utf8');
  const docs = readFileSync('docs/alerts.md', 'utf8');
  expect(alerts().length).toBeGreaterThan(10);
  for (const { alert, annotations } of alerts()) {
    expect(cases, alert).toMatch(new RegExp(`eval_time: \\w+, alertname: ${alert} \\}`, 'u'));
    expect(cases, alert).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts`, 'u'));
    const [page, section] = annotations.runbook.split('#');
    expect(page).toBe('docs/alerts.md');
    expect(docs.toLowerCase(), alert).toContain(`\n## ${section}\n`);
  }
});

it('no panel of the dashboard lies over another, and each asks for something', () => {
  const { panels, templating } = dashboard();
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  expect(queries().length).toBeGreaterThan(20);
  expect(queries().filter(({ text }) => !/fairlead_|up\{/u.test(text) || text.includes('$'))).toEqual([]);
  expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'host']);
  expect(new Set(queries().flatMap(({ text }) => metricsIn(text))).size).toBeGreaterThan(12);
});
