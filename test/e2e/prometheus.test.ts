import { expect, it } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { startPrometheus } from '../bed/prometheus.ts';
import { alerts, choices, labelsIn, metricsIn, queries, RULES } from '../prometheus/shipped.ts';
import { freePort } from './harness.ts';
import { ask, deployed, OPS, says, story } from './story.ts';

describeWithEngine('a Prometheus that scrapes the bot', () => {
  it('loads the rules, has every metric they and the dashboard name, and every panel has data', async () => {
    const port = await freePort();
    const target = `127.0.0.1:${port}`;
    await using it = await story({
      env: { FAIRLEAD_STATUS_LISTEN: String(port) },
      hosts: '  gone-1: { url: "unix:///nowhere/engine.sock", labels: { role: lost } }',
    });
    await using prometheus = await startPrometheus(target, RULES);

    // A series is counted from its second value, so what happens happens twice, before and after a scrape.
    const work = async (version: string) => {
      await ask(it.slack, '/ps --on all');
      await ask(it.slack, `/deploy ${it.service} ${version}`, 'U0VIEW1');
      await deployed(it, version);
      // Its registry is asked for the nearest tags.
      await ask(it.slack, `/deploy ${it.service} 9.9.9`);
    };
    await work('1.0.0');
    const first = 'fairlead_deployments_total{verdict="deployed"} == 1 and on() sum(fairlead_registry_calls_total)';
    await expect.poll(() => prometheus.query(first), { timeout: 10_000 }).not.toEqual([]);
    await work('1.1.0');
    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    await it.slack.waitFor(says('asks to deploy', '1.0.0', 'Approve'), OPS);

    const empty = async () => {
      const asked = queries().map(async ({ title, text }) => {
        const found = await prometheus.query(text);
        return found.some(({ value: [, number] }) => number !== 'NaN') ? [] : [`${title}: ${text}`];
      });
      return (await Promise.all(asked)).flat();
    };
    await expect.poll(empty, { timeout: 10_000, interval: 500 }).toEqual([]);
    const pending = `fairlead_approvals_pending{service="${it.service}"} == 1`;
    await expect.poll(() => prometheus.query(pending), { timeout: 10_000 }).toHaveLength(1);

    expect(choices().map(({ name }) => name)).toEqual(['job', 'host']);
    for (const { path } of choices()) expect(await prometheus.api(path), path).not.toEqual([]);

    const names = (await prometheus.api('label/__name__/values')) as readonly string[];
    const known = new Set(names.flatMap((name) => [name, ...metricsIn(name)]));
    const asked = [...queries().map(({ text }) => text), ...alerts().map(({ expr }) => expr)];
    expect(asked.flatMap(metricsIn).filter((name) => !known.has(name))).toEqual([]);
    // What an alert is about need not have happened, but nothing happens with a label that nothing has.
    const labels = [...new Set(asked.flatMap(labelsIn))];
    expect(labels.length).toBeGreaterThan(5);
    const without = await Promise.all(
      labels.map(async (text) => ((await prometheus.query(text)).length > 0 ? [] : text)),
    );
    expect(without.flat()).toEqual([]);

    const { groups } = (await prometheus.api('rules')) as {
      readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name)).toEqual(alerts().map(({ alert }) => alert));
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);

    const numberOf = async (query: string) => Number((await prometheus.query(query))[0]?.value[1]);
    expect(await numberOf('min(fairlead_host_up{host="gone-1"})')).toBe(0);
    expect(await numberOf('sum(fairlead_host_up)')).toBe(2);
    expect(await numberOf(`fairlead_deployments_total{service="${it.service}",verdict="deployed"}`)).toBe(2);
    expect(await numberOf('sum(fairlead_requests_total{command="deploy",decision="deny"})')).toBe(2);
  }, 90_000);
});
