import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/index.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { storeOf } from './harness.ts';
import { ask, OPS, running, type Story, said, says, story } from './story.ts';

const preload = new URL('./set-clock.ts', import.meta.url);
const HOUR = 3_600_000;
const LATE = { ...OPS, timeoutMs: 40_000 };

/** Sets the clocks of bots: by process id, or of all as `*`. */
const setClocks = (it: Story, offsets: Readonly<Record<string, number>>) =>
  writeFileSync(join(it.folder, 'clock'), JSON.stringify(offsets));

/** Resolves once the new version of a deploy is watched in its gate. */
async function inGate(it: Story, version: string): Promise<Message> {
  const before = new Set(it.slack.messages(OPS).map(({ ts }) => ts));
  // The library of Slack takes a clock that was set forward for a silence of Slack, and connects anew.
  await expect
    .poll(async () => (await ask(it.slack, `/deploy ${it.service} ${version}`)).ok, { timeout: 20_000 })
    .toBe(true);
  const card = await it.slack.waitFor((message) => !before.has(message.ts) && says('asks to deploy')(message), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  return it.slack.waitFor((message) => message.ts === card.ts && says('Deploying', 'must stay so')(message), LATE);
}

describeWithEngine('a clock that is set in the middle of a deployment', { timeout: 180_000 }, () => {
  it('an hour back, then on, then a minute back: each ends in its time, and says how long it took', async () => {
    await using it = await story({ rules: 'approvals: []', rollout: 'stableFor: 2s', preload });
    let version = '1.0.0';
    for (const offset of [-HOUR, HOUR, HOUR - 60_000]) {
      const card = await inGate(it, version);
      const began = performance.now();

      setClocks(it, { '*': offset });

      const ended = await it.slack.waitFor(
        (message) => message.ts === card.ts && says('is deployed on 2 hosts')(message),
        LATE,
      );
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(/took ([^,]+),/u.exec(said(ended))?.[1]).toMatch(/^\d+(?:\.\d)? s$/u);
      expect(said(ended)).not.toMatch(/\d (?:min|h)\b/u);
      expect(await running(it.service)).toEqual([version, version]);
      version = version === '1.0.0' ? '1.1.0' : '1.0.0';
    }
    // What ran before is found as such, though it is dated later than what runs.
    await ask(it.slack, `/dock history ${it.service}`);
    const history = said(await it.slack.waitFor(says('Deployments of'), OPS));
    expect([...history.matchAll(/1\.[01]\.0/gu)].map(([one]) => one)).toEqual(['1.0.0', '1.1.0', '1.0.0']);
  });

  it('of another bot on the same store: what runs is not taken from its owner, whichever of them is ahead', async () => {
    await using it = await story({ rules: 'approvals: []', rollout: 'stableFor: 12s', preload });
    const bots = [it.process, await it.another()].map(({ pid }) => String(pid));
    await inGate(it, '1.0.0');
    const store = await storeOf(it.env);
    try {
      const [{ id = '', owner = '' } = {}] = await store.deployments.running();
      const other = bots.find((pid) => pid !== owner.split('/')[1]) ?? '';
      const heartbeats = async (count: number) => {
        const seen = new Set<number | undefined>();
        await expect
          .poll(async () => seen.add((await store.deployments.get(id))?.heartbeatAt).size, { timeout: 20_000 })
          .toBeGreaterThan(count);
      };

      setClocks(it, { [other]: HOUR });
      await heartbeats(2);
      setClocks(it, { '*': -HOUR });

      await it.slack.waitFor(says('is deployed on 2 hosts'), LATE);
      expect(await store.deployments.get(id)).toMatchObject({ attempt: 1, owner, verdict: 'deployed' });
    } finally {
      await store.close();
    }
  });
});
