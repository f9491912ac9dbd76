import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { type Mode, scene, storeOf } from './harness.ts';

const KILLS = 12;
const AT_ONCE = 8;

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])('SIGKILL over $mode', ({ mode }) => {
  it(`${KILLS} times at random moments under load: the store opens, the chain is whole, nothing acknowledged is lost`, async () => {
    await using it = await scene({ mode, budget: 10_000 });
    await using _ = await container(bed().sockets[0] as string, { cmd: ['sleep', '600'] });
    const acknowledged: string[] = [];
    const channel = 'C0STAGING';
    for (let kill = 0; kill < KILLS; kill += 1) {
      const names = Array.from({ length: AT_ONCE }, () => uniqueName('under-load'));
      // Reads of the engine, answers from the process alone, and a change's preview that goes into the store.
      const lines = names.map((name, index) =>
        index % 4 === 0
          ? `ps -f name=${name} @staging-1`
          : index % 4 === 1
            ? `can ps @${name}`
            : index % 4 === 2
              ? `prune volumes ${name} @staging-1`
              : `images ${name} @staging-1`,
      );
      // The moment is so many acknowledgements and a few milliseconds in, whatever the speed of the machine.
      const after = Math.floor(Math.random() * AT_ONCE);
      const enough = Promise.withResolvers<void>();
      let answered = 0;
      const count = () => {
        answered += 1;
        if (answered > after) enough.resolve();
      };
      const typed = lines.map(async (line, index) => {
        const { ok } = await it.slack.type({ person: 'U0DEV1', channel, text: `/dock ${line}` });
        if (ok) acknowledged.push(names[index] as string);
        count();
      });
      await enough.promise;
      await pause(Math.random() * 10);
      await it.kill();
      // What was on its way when the process died is never acknowledged; Slack gives up on it by itself.
      const inTime = Promise.allSettled(typed);

      const store = await storeOf(it.env);
      try {
        expect(await store.verify()).toMatchObject({ ok: true });
        const records = await store.audit.search({ limit: 1_000_000 });
        const written = records.filter(({ kind }) => kind === 'decision').map(({ line }) => line);
        for (const name of acknowledged)
          expect(
            written.filter((line) => line.includes(name)),
            name,
          ).toHaveLength(1);
      } finally {
        await store.close();
      }
      await it.restart();
      await inTime;
    }
    // The random moments must have hit both sides of an acknowledgement, or the test shows nothing.
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(acknowledged.length).toBeLessThan(KILLS * AT_ONCE);
    expect(await it.slack.type({ person: 'U0DEV1', channel, text: '/dock whoami' })).toMatchObject({ ok: true });
  }, 300_000);
});
