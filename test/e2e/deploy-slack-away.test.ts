import { setTimeout as later } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Fault } from '../../playground/server/faults.ts';
import type { Deployment } from '../../src/store/deployment.ts';
import type { Store } from '../../src/store/store.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { storeOf } from './harness.ts';
import { ask, OPS, running, type Story, says, story } from './story.ts';

const ALONE = { rules: 'approvals: []', rollout: 'strategy: stop-first, stableFor: 0.3s' };

/** Asks for a version and lets it begin; gives the card back. */
async function begin(it: Story, version: string) {
  await ask(it.slack, `/deploy ${it.service} ${version}`);
  const card = await it.slack.waitFor(says('asks to deploy', version), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  return card;
}

/** The second deployment, once it is so. */
async function second(store: Store, it: Story, isSo: (one: Deployment) => boolean | Promise<boolean>) {
  for (const until = performance.now() + 60_000; performance.now() < until; await later(2)) {
    const [one, before] = await store.deployments.recent({ service: it.service, limit: 2 });
    if (one && before && (await isSo(one))) return;
  }
  throw new Error(`It never was so. ${it.log().slice(-4000)}`);
}

describeWithEngine('a bot that is killed while Slack is away', { timeout: 180_000 }, () => {
  it.each<Omit<Fault, 'method'>>([{ status: 500 }, { latencyMs: 600_000 }, { error: 'invalid_auth' }])(
    'brings the service back without Slack: %j',
    async (fault) => {
      await using it = await story(ALONE);
      await begin(it, '1.0.0');
      await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
      await using store = closing(await storeOf(it.env));
      await begin(it, '1.1.0');
      const back = it.slack.faults.during({ method: '*', ...fault });
      await second(store, it, async ({ id, verdict }) => {
        if (verdict !== undefined) throw new Error('It was over before it was killed.');
        return (await store.deployments.journal(id)).some(({ phase }) => phase === 'rename-old');
      });

      await it.restart('SIGKILL', undefined, 'The worker has started');

      await second(store, it, ({ verdict }) => verdict !== undefined);
      const versions = await running(it.service);
      expect(versions.every((version) => version === '1.0.0' || version === '1.1.0')).toBe(true);
      if (fault.error === undefined) expect(it.process.exitCode).toBeNull();
      back();
    },
  );
});

describeWithEngine('a rollout while Slack hangs', { timeout: 180_000 }, () => {
  it.each<Omit<Fault, 'method'>>([{ latencyMs: 600_000 }, { status: 500 }, { error: 'account_inactive' }])(
    'ends as soon as ever, and who asked is told when Slack is back: %j',
    async (fault) => {
      await using it = await story(ALONE);
      await begin(it, '1.0.0');
      await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
      await using store = closing(await storeOf(it.env));
      const card = await begin(it, '1.1.0');
      const at = performance.now();
      const back = it.slack.faults.during({ method: '*', ...fault });

      await second(store, it, ({ verdict }) => verdict !== undefined);

      expect(performance.now() - at).toBeLessThan(20_000);
      expect(await running(it.service)).toEqual(['1.1.0', '1.1.0']);
      back();
      await it.slack.waitFor(({ text, threadTs }) => threadTs === card.ts && text.includes('<@U0DEV1>'), {
        ...OPS,
        timeoutMs: 90_000,
      });
    },
  );
});

function closing(store: Store): Store & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}
