import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { describeWithEngine } from '../bed/bed.ts';
import { smallDisk } from '../bed/small-disk.ts';
import { ask, OPS, running, said, says, story } from './story.ts';

describeWithEngine('a bot whose own disk is full', { timeout: 120_000 }, () => {
  it('undoes what it began on the hosts, and says how it ended once it can write again', async () => {
    const mount = mkdtempSync(join(tmpdir(), 'fairlead-full-'));
    const disk = smallDisk(mount, 8);
    onTestFinished(() => {
      disk.unmount();
      rmSync(mount, { recursive: true });
    });
    const folder = join(mount, 'bot');
    await using it = await story({ folder, rules: 'approvals: []', rollout: 'stableFor: 2s' });
    const deploy = async (version: string) => {
      await ask(it.slack, `/deploy ${it.service} ${version}`);
      const { ts } = await it.slack.waitFor(says('asks to deploy', version), OPS);
      const card = it.slack.messages(OPS).find((message) => message.ts === ts);
      if (card) await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
      return (...words: string[]) =>
        it.slack.waitFor((message) => message.ts === ts && says(...words)(message), { ...OPS, timeoutMs: 40_000 });
    };
    await (await deploy('1.0.0'))('is deployed on 2 hosts');
    const card = await deploy('1.1.0');
    await card('must stay so');

    disk.fill();

    await expect.poll(() => running(it.service), { timeout: 40_000 }).toEqual(['1.0.0', '1.0.0']);
    disk.empty();
    // Nothing was restarted, and the version was healthy.
    const ended = said(await card('took', '`1.0.0`'));
    expect(ended).not.toMatch(/restarted|become healthy/u);
    expect(ended).toMatch(/disk is full/u);
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
  });
});
