import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/index.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { storeOf } from './harness.ts';
import { ask, deployed, OPS, running, said, says, story } from './story.ts';

describeWithEngine('a process that stands still in the middle of a deployment', { timeout: 180_000 }, () => {
  it('touches nothing when it goes on, after another has ended the deployment', async () => {
    await using it = await story();
    await deployed(it, '1.0.0');
    const processes = [it.process, await it.another()];
    const store = await storeOf(it.env);
    try {
      await ask(it.slack, `/deploy ${it.service} 1.1.0`);
      const card = await it.slack.waitFor(says('asks to deploy', '1.1.0', 'Approve'), OPS);
      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
      let [id, owner] = ['', ''];
      // It has recorded that it stops the old version, and is about to.
      const isStopping = async () => {
        const [one] = await store.deployments.running();
        [id, owner] = [one?.id ?? '', one?.owner ?? ''];
        return (await store.deployments.journal(id)).some(({ phase }) => phase === 'stop-old');
      };
      await expect.poll(isStopping, { timeout: 20_000, interval: 2 }).toBe(true);
      const suspended = processes.find(({ pid }) => pid === Number(owner.split('/')[1]));
      suspended?.kill('SIGSTOP');
      const cardOf = () =>
        it.slack
          .messages(OPS)
          .filter(({ ts }) => ts === card.ts)
          .map(said)
          .join();
      const state = async () => ({
        runs: await running(it.service),
        verdict: (await store.deployments.get(id))?.verdict,
        card: cardOf(),
      });
      await expect
        .poll(() => store.deployments.get(id), { timeout: 90_000, interval: 200 })
        .toMatchObject({ state: 'ended', attempt: 2 });
      const isDrawn = ({ ts, text }: Message) =>
        ts === card.ts && /was not deployed|rolled back|is deployed/u.test(text);
      await it.slack.waitFor(isDrawn, { ...OPS, timeoutMs: 30_000 });
      const ended = await state();
      expect(cardOf()).toMatch(/Fairlead stopped responding during the rollout|is deployed on 2 hosts/u);

      const heard = new Promise((resolve) => suspended?.stderr?.once('data', resolve));
      suspended?.kill('SIGCONT');
      await heard;

      for (const until = performance.now() + 3000; performance.now() < until; ) expect(await state()).toEqual(ended);
      expect(suspended?.exitCode).toBe(null);
    } finally {
      for (const one of processes) one.kill('SIGCONT');
      await store.close();
    }
  });
});
