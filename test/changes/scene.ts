import { onTestFinished } from 'vitest';
import { createReceivers } from '../../src/changes/receivers.ts';
import { type Config, loadEnvironment, receiversOf } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import type { Log } from '../../src/telemetry.ts';
import { createChangeDelivery } from '../../src/worker/changes/delivery.ts';
import { plan as shopPlan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { RECORD_KEY } from '../store/keys.ts';

export const CARD = 'https://acme.slack.com/archives/C0PROD/p1764590400000100';

/** A store with deployments that started and ended, and what sends their events. */
export async function openScene(config: Config, url = ':memory:') {
  const lines: { readonly level: string; readonly message: string; readonly fields: object }[] = [];
  const to = (level: string) => (fields: object, message: string) => void lines.push({ level, message, fields });
  const log: Log = { debug: to('debug'), info: to('info'), warn: to('warn'), error: to('error') };
  const env = loadEnvironment({ DATABASE_URL: url, FAIRLEAD_RECORD_KEY: RECORD_KEY });
  const core = await openCore(config, env, log);
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
    members: async () => undefined,
    channels: async () => undefined,
  };
  const deps = core.deps(nobody);
  const { store } = deps;
  const delivery = createChangeDelivery({
    ...deps,
    receivers: createReceivers(config.changes, deps.now),
    cardAddress: async () => CARD,
  });
  onTestFinished(async () => {
    await delivery.stop();
    await core.close();
  });
  return {
    deps,
    store,
    delivery,
    lines,
    /** Starts a deployment of the plan, as an approval does. */
    async started(id: string, more: Partial<DeployPlan> = {}) {
      const at = Date.now();
      const plan = { ...shopPlan, ...more };
      const { service } = plan;
      await store.approvals.create(
        question(id, { plan, hash: hashOf(plan), service, requestedAt: at, expiresAt: at + 60_000 }),
      );
      await store.approvals.vote({ id, person: 'U0OPS1', at });
      const tell = receiversOf(config.changes, 'deployment.started', service);
      const hosts = plan.waves.flat();
      await store.deployments.start({ id: `D-${id}`, approval: id, hosts, by: 'U0OPS1', at, tell });
    },
    /** Ends the oldest deployment that has not ended. */
    async ended(verdict: string, service = 'shop', [first, second] = [verdict, 'skipped']) {
      const claim = await store.deployments.claim('P1', Date.now());
      if (!claim) throw new Error('nothing runs');
      const outcome = (one = '') => ({ verdict: one, detail: { verdict: one }, at: Date.now() });
      await store.deployments.hostVerdict(claim.lease, { host: 'web-1', ...outcome(first) });
      await store.deployments.hostVerdict(claim.lease, { host: 'web-2', ...outcome(second) });
      const tell = receiversOf(config.changes, 'deployment.ended', service);
      await store.deployments.finish(claim.lease, { verdict, detail: { ms: 8200 }, at: Date.now(), tell });
    },
  };
}
