import { expect, it } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { COMMIT, startGitHub } from '../changes/servers/github.ts';
import { startGrafana } from '../changes/servers/grafana.ts';
import { ROUTING_KEY, startPagerDuty } from '../changes/servers/pagerduty.ts';
import { startWebhook } from '../changes/servers/webhook.ts';
import { storeOf } from './harness.ts';
import { receiversFor } from './receivers.ts';
import { SHAPE } from './shapes/shape.ts';
import { ask, deployed, OPS, says, story } from './story.ts';

const RULES = 'approvals: [ { commands: [deploy, rollback], hosts: all, from: [oncall], expires: 1h } ]';

/**
 * A killed process is known to be gone on its machine. Nobody can know it of a function: an event that one was sending is taken
 * up once an attempt cannot last any longer, which is 40 s.
 */
const TAKEN_UP_WITHIN_MS = SHAPE === 'lambda' ? 60_000 : 20_000;

describeWithEngine('change events', () => {
  it('of a deploy reach every receiver, and those of a bot that is killed reach it after the restart', async () => {
    await using hook = await startWebhook();
    await using pager = await startPagerDuty();
    await using grafana = await startGrafana();
    await using github = await startGitHub(['1.0.0', '1.2.0']);
    await using it = await story({
      rules: (service) => `${RULES}${receiversFor(service, { hook, pager, grafana, github })}`,
    });
    const card = await deployed(it, '1.0.0');
    await Promise.all([hook.came(2), pager.came(2), grafana.came(4), github.came(5)]);
    await using store = await openedStore(it.env);
    await expect.poll(() => store.changes.next()).toEqual([]);

    const ids = hook.events.map(({ id }) => id);
    expect(ids.map((id) => id.replace(/^[^.]+\./u, ''))).toEqual(['deployment.started', 'deployment.ended']);
    const { data } = hook.events[1]?.body ?? {};
    expect(data).toMatchObject({
      service: it.service,
      version: '1.0.0',
      from: [],
      environments: ['web'],
      requestedBy: 'U0DEV1',
      approvedBy: ['U0OPS1'],
      verdict: 'deployed',
      outcomes: { deployed: 2 },
      links: { card: expect.stringContaining(`/C0PROD/p${card.ts.replace('.', '')}`) },
    });
    expect(pager.events.map(({ payload }) => payload.custom_details?.event)).toEqual(ids);
    expect(grafana.annotations).toHaveLength(1);
    expect(grafana.annotations[0]?.timeEnd).toBeGreaterThan(grafana.annotations[0]?.time ?? Number.MAX_VALUE);
    expect(github.deployments).toMatchObject([{ ref: '1.0.0', environment: 'web', sha: COMMIT }]);
    expect(github.statuses.map(({ state }) => state)).toEqual(['in_progress', 'success']);
    expect(card.text).toContain('environment web');

    // The verdict's event is on its way, and nobody knows whether it arrived.
    await ask(it.slack, `/deploy ${it.service} 1.2.0`);
    const second = await it.slack.waitFor(says('asks to deploy', '1.2.0', 'Approve'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: second, label: 'Approve' });
    await hook.came(3);
    hook.faults.push('silence');
    await hook.came(4);
    await it.kill();
    const lost = String(hook.asked[3]?.headers['webhook-id']);
    expect((await store.changes.next()).map(({ id }) => id)).toContain(lost);
    await it.restart();
    await expect.poll(() => store.changes.next(), { timeout: TAKEN_UP_WITHIN_MS }).toEqual([]);

    expect(lost).toMatch(/\.deployment\.ended$/u);
    expect(hook.events.map(({ id }) => id).filter((id) => id === lost)).toHaveLength(1);
    expect(hook.events).toHaveLength(4);
    expect(hook.events[3]?.body.data).toMatchObject({ verdict: 'rolled_back', outcomes: { rolled_back: 2 } });
    expect(new Set(pager.events.map(({ payload }) => payload.custom_details?.event)).size).toBe(4);
    expect(grafana.annotations).toHaveLength(2);
    expect(github.deployments).toHaveLength(2);
    expect(github.statuses.at(-1)?.state).toBe('failure');
    expect(it.log()).not.toContain(ROUTING_KEY);
  }, 120_000);
});

async function openedStore(env: NodeJS.ProcessEnv) {
  const store = await storeOf(env);
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
