import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { JournalUnavailable } from '../../../src/docker/rollout/errors.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { journalled } from '../../../src/handlers/deploy/journal.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';
import { expectOld, serving } from './serving.ts';

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  await scene.publish('crashes', ['CMD ["sh","-c","exit 3"]']);
});
afterAll(() => scene?.close());

describeWithEngine('a verdict that was lost once the old version was restored', { timeout: 60_000 }, () => {
  it.each<readonly [string, string, Phase | undefined]>([
    ['the version failed', 'crashes', undefined],
    ['the database went away', '2', 'rename-old'],
  ])('is given again as it was, with the time that nothing served: %s', async (_, tag, lost) => {
    const { name, old } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, tag));
    const entries: { phase: Phase; note: unknown }[] = [];
    const journal = async (phase: Phase, note: unknown) => {
      if (phase === lost) throw new JournalUnavailable('too many connections');
      entries.push({ phase, note });
    };
    const first = await runHost(scene.engine, { ...run, journal });

    const { phases, oldRun } = journalled(entries);
    const again = await recoverHost(scene.engine, { ...run, oldRun }, phases);

    expect([first.verdict, again.verdict]).toEqual(['rolled_back', 'rolled_back']);
    expect(again.why).toMatch(/is running again \(down for /u);
    const { downMs = 0 } = again;
    expect(Math.abs(downMs - (first.downMs ?? 0))).toBeLessThan(3000);
    await expectOld(scene, { name, old }, await failedOf(name));
  });

  it('of a version that was not stopped yet, it is that it kept running', async () => {
    const { name, old } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    const { StartedAt } = (await scene.inspect(name)).State;

    const verdict = await recoverHost(scene.engine, { ...run, oldRun: StartedAt }, ['pull', 'create', 'stop-old']);

    expect(verdict.why).toContain('kept running');
    await expectOld(scene, { name, old });
  });
});

async function failedOf(name: string): Promise<Record<string, string>> {
  const all = Object.entries(await scene.containers(name));
  return Object.fromEntries(all.filter(([at]) => at.includes('.failed-')));
}
