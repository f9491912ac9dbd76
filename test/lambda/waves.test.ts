import { afterAll, beforeAll, expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { Message } from '../../playground/server/index.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import type { Store } from '../../src/store/store.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { PASSES } from '../bed/health.ts';
import { type Postgres, startPostgres } from '../bed/postgres.ts';
import { publishImage } from '../bed/publish.ts';
import { opened } from '../e2e/harness.ts';
import { OPS, running, said, says } from '../e2e/story.ts';
import { plan as shopPlan } from '../pictures/cards.ts';
import { auditEntry, question } from '../store/fixture.ts';
import { lambdaScene } from './scene.ts';

const SERVICE = uniqueName('shop');
const IMAGE = `fairlead/${SERVICE}`;
const LATE = { ...OPS, timeoutMs: 60_000 };

/** Two hosts, one after the other. */
function config(rollout: object): object {
  const { sockets, registry } = bed();
  return {
    slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
    hosts: { 'web-1': { url: `unix://${sockets[0]}` }, 'web-2': { url: `unix://${sockets[1]}` } },
    registries: { [registry.host]: { username: registry.username, password: registry.password } },
    groups: { developers: { people: ['U0DEV1'] }, oncall: { people: ['U0OPS1'] } },
    roles: { releaser: { commands: ['deploy', 'deployments'] } },
    channels: { C0PROD: { grants: [{ role: 'releaser', to: ['developers', 'oncall'], hosts: 'all' }] } },
    adopt: [{ containers: [SERVICE], hosts: 'all' }],
    approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
    services: {
      [SERVICE]: {
        image: `${registry.host}/${IMAGE}`,
        hosts: 'all',
        container: { name: SERVICE, memory: '32m' },
        rollout: { healthyWithin: '15s', waves: [1, '100%'], ...rollout },
      },
    },
  };
}

describeWithEngine('a deployment of functions', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    const { sockets, registry } = bed();
    postgres = await startPostgres();
    for (const version of ['1.0.0', '1.1.0'])
      await publishImage(sockets[0] ?? '', registry, `${IMAGE}:${version}`, [
        `HEALTHCHECK --interval=500ms --retries=2 CMD ${PASSES}`,
        `CMD ["sh", "-c", "trap 'exit 0' TERM; echo ${version}; sleep 3600 & wait"]`,
      ]);
  });
  afterAll(async () => {
    await postgres.stop();
    for (const socket of bed().sockets) await callEngine(socket, 'DELETE', `/containers/${SERVICE}?force=true&v=true`);
  });

  it('asked for in a form, goes in two waves on two workers, the first of which is gone by then', async () => {
    await using scene = await lambdaScene(postgres, config({ stableFor: '0.3s', ask: true }), {
      scheduleMs: 0,
      warm: true,
    });
    const { slack, functions, store } = scene;

    await slack.type({ person: 'U0DEV1', channel: 'C0PROD', text: `/deploy ${SERVICE}` });
    expect(JSON.stringify(await opened(slack, 'U0DEV1'))).toContain('1.0.0');
    expect(await slack.submitView({ person: 'U0DEV1', values: { version: '1.0.0' } })).toMatchObject({ ok: true });
    const card = await slack.waitFor(says('In 2 waves', 'Approve'), OPS);
    await slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    const asked = await slack.waitFor(says('Continue with the next wave?', '1 of 2 hosts'), LATE);

    await functions.worker.idle();
    const [waiting] = await store.deployments.running();
    // No worker holds it: nothing runs while people are asked.
    expect(waiting).toMatchObject({ requestedWave: 1, heartbeatAt: 0 });
    expect(await functions.worker.kill()).toBeGreaterThan(0);
    await slack.click({ person: 'U0OPS1', message: asked, label: 'Continue' });

    const ended = await slack.waitFor(says('is deployed on 2 hosts'), LATE);
    expect(said(ended)).toContain('1.0.0');
    expect(await running(SERVICE)).toEqual(['1.0.0', '1.0.0']);
    await functions.worker.idle();
    const done = await store.deployments.get(waiting?.id ?? '');
    expect(done).toMatchObject({ state: 'ended', approvedWave: 1 });
    expect(done?.attempt).toBeGreaterThan(waiting?.attempt ?? 0);
    expect(done?.owner).not.toBe(waiting?.owner);
    expect(await store.verify()).toMatchObject({ ok: true });
  }, 120_000);

  it('whose worker is killed in a wave is ended by the next one, which begins no other wave, and can be retried', async () => {
    await using scene = await lambdaScene(postgres, config({ stableFor: '1s' }), { visibilityMs: 1000, warm: true });
    const { slack, functions, store } = scene;
    const approve = async (asks: (message: Message) => boolean) =>
      slack.click({ person: 'U0OPS1', message: await slack.waitFor(asks, OPS), label: 'Approve' });
    const open = async () => (await store.deployments.running())[0]?.id ?? '';
    const phases = async () => (await store.deployments.journal(await open())).map(({ phase }) => phase);

    await slack.type({ person: 'U0DEV1', channel: 'C0PROD', text: `/deploy ${SERVICE} 1.1.0` });
    await approve(says('asks to deploy', 'Approve'));
    await expect.poll(phases, { timeout: 30_000, interval: 50 }).toContain('gate');
    const killed = await open();
    expect(await functions.worker.kill()).toBeGreaterThan(0);

    const partial = await slack.waitFor(says('is on 1 of 2 hosts: web-1 has', 'Retry'), LATE);
    expect(said(partial)).toContain('The function was cut off. Continuing needs a new approval.');
    const [first, second] = await running(SERVICE);
    expect(first).toBe('1.1.0');
    expect(second).not.toBe('1.1.0');
    expect(await store.deployments.get(killed)).toMatchObject({ state: 'ended', verdict: 'partial', attempt: 2 });

    await slack.click({ person: 'U0DEV1', message: partial, label: 'Retry' });
    await approve((message) => message.ts !== partial.ts && says('asks to deploy', 'Approve')(message));
    await slack.waitFor((message) => message.ts !== partial.ts && says('is deployed on')(message), LATE);
    expect(await running(SERVICE)).toEqual(['1.1.0', '1.1.0']);
    expect(await store.verify()).toMatchObject({ ok: true });
  }, 120_000);

  it('is finished on a host that was away too long, once the schedule finds that it responds', async () => {
    await using scene = await lambdaScene(postgres, config({ stableFor: '0.3s' }), { scheduleMs: 0, warm: true });
    const { functions, store } = scene;
    const [socket = ''] = bed().sockets;
    const inspect = async () =>
      JSON.parse(await mustCall(socket, 'GET', `/containers/${SERVICE}/json`)) as { Id: string; State: object };
    const { Id: old } = await inspect();
    await givenUp(store, old);
    await mustCall(socket, 'POST', `/containers/${old}/stop`);

    await functions.schedule.invoke({});
    await functions.worker.idle();

    await expect.poll(() => store.deployments.get('D-away')).toMatchObject({ state: 'ended', verdict: 'rolled_back' });
    expect(await inspect()).toMatchObject({ Id: old, State: { Running: true } });
    expect(await store.verify()).toMatchObject({ ok: true });
  });
});

/** A deployment that lost web-1 after it had stopped the version that ran there, and ended so. */
async function givenUp(store: Store, old: string): Promise<void> {
  const at = Date.now();
  const host = 'web-1';
  const policy = { name: 'no', maximumRetryCount: 0 };
  const plan = structuredClone(shopPlan) as DeployPlan;
  const [like] = plan.hosts;
  if (!like?.now) throw new Error('no version to go back to');
  const now = { ...like.now, containerId: old, containerName: SERVICE, restartPolicy: policy, networks: {} };
  const lost = {
    ...plan,
    service: SERVICE,
    waves: [[host]],
    hosts: [{ ...like, host, name: SERVICE, strategy: 'stop-first' as const, now }],
  };
  const about = { plan: lost, hash: hashOf(lost), service: SERVICE, requestedAt: at, expiresAt: at + 60_000 };
  await store.approvals.create(question('A-away', about));
  await store.approvals.vote({ id: 'A-away', person: 'U0OPS1', at });
  await store.deployments.start({ id: 'D-away', approval: 'A-away', hosts: [host], by: 'U0OPS1', at });
  const { lease } = (await store.deployments.claim('P1', at)) ?? {};
  if (!lease) throw new Error('nothing to claim');
  await store.deployments.phase(lease, { host, phase: 'rename-old', at });
  const note = { why: 'The engine on web-1 stopped responding.', phase: 'rename-old' };
  await store.deployments.phase(lease, { host, phase: 'roll-back', note, at });
  const detail = { verdict: 'needs_attention', phase: 'rename-old', why: '', tryThis: '', isUnrestored: true, ms: 1 };
  await store.deployments.hostVerdict(lease, { host, verdict: detail.verdict, detail, at });
  const record = auditEntry({ at, request: 'D-away', command: 'deploy', hosts: [host] });
  await store.deployments.finish(lease, { verdict: detail.verdict, at, record });
}
