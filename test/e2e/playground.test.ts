import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { LABEL } from '../../playground/engine/guard.ts';
import { bed, describeWithEngine, engineApi } from '../bed/bed.ts';
import { launch, openWindow, PHONE } from '../playground/browser.ts';

/** `fairlead playground`, beside an engine that is there. */
function play(): ChildProcess {
  const env = { ...process.env, DOCKER_HOST: `unix://${bed().sockets[0]}` };
  return spawn(process.execPath, ['dist/cli.js', 'playground'], { env, stdio: 'pipe' });
}

function addressOf(playground: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    playground.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      const url = /Open (http:\/\/\S+) in a browser/u.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    playground.once('exit', (code) => reject(new Error(`The playground ended with ${code}: ${said}`)));
  });
}

/** Names of everything on the engine that the playground made. */
async function ours(): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));
  const list = async (path: string) =>
    (await engineApi(bed().sockets[0] as string, 'GET', `${path}filters=${filters}`)).json() as object[];
  return [...(await list('/containers/json?all=true&')), ...(await list('/images/json?'))].map((one) =>
    JSON.stringify(one),
  );
}

describeWithEngine('the playground', { timeout: 240_000 }, () => {
  it('goes through its tour with two people at two windows, and leaves nothing behind', async () => {
    const playground = play();
    const ended = once(playground, 'exit');
    let complaints = '';
    playground.stderr?.on('data', (chunk: Buffer) => {
      complaints += chunk.toString('utf8');
    });
    const browser = await launch();
    try {
      const url = await addressOf(playground);
      const dana = await openWindow(browser, url, { person: 'dana', channel: 'prod' });
      const oli = await openWindow(browser, url, { person: 'oli', channel: 'prod' }, PHONE);
      const tour = dana.getByRole('region', { name: 'Guided tour' });
      const done = (steps: number) => tour.getByText(`${steps} of 10`).waitFor();
      const follow = async () => {
        await tour.getByRole('button', { name: 'Type it for me' }).click();
        await dana.getByRole('combobox', { name: /^Message/u }).press('Enter');
      };

      await follow();
      await dana.getByRole('columnheader', { name: 'REPOSITORY' }).waitFor();
      await done(1);
      await follow();
      await dana.getByText('postgres://shop:***@db/shop').first().waitFor();
      await done(2);
      expect(await dana.locator('body').innerText()).not.toContain('tide-and-rope');
      const images = dana.getByRole('region', { name: 'Host web-1' });
      await images.getByText('sample/report:2024').waitFor();
      await follow();
      await dana.getByRole('button', { name: 'Go there as Oli' }).waitFor();
      await oli.getByRole('button', { name: 'Approve' }).click();
      await oli.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();

      await dana.getByText('approved by @oli').first().waitFor();
      await images.getByText('sample/report:2024').waitFor({ state: 'hidden' });
      await done(3);
      await dana.getByText('The playground changes only what it made itself').first().waitFor();

      await follow();
      await oli.getByText('faster basket').first().waitFor();
      await done(4);
      const approve = async () => {
        await oli.getByRole('button', { name: 'Approve' }).click();
        await oli.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      };
      await approve();
      await dana.getByText('is deployed on').first().waitFor({ timeout: 60_000 });
      await done(5);
      await images.getByText('demo/shop:1.5.0').first().waitFor();
      await follow();
      await approve();
      await dana.getByText('failed its health check').first().waitFor({ timeout: 60_000 });
      await done(6);
      for (const step of [7, 8, 9, 10]) {
        await follow();
        await done(step);
      }
      await dana.getByText('Tour finished.').waitFor();
      const shop = images.getByRole('listitem').filter({ hasText: /^shopdemo\/shop:1\.5\.0/u });
      await shop.getByText('healthy', { exact: true }).waitFor();
      expect(await ours()).not.toEqual([]);
      expect([...dana.errors, ...oli.errors]).toEqual([]);
      playground.kill('SIGTERM');
      expect(await ended).toEqual([143, null]);
      expect(await ours()).toEqual([]);
      expect(complaints).toBe('');
    } finally {
      playground.kill('SIGTERM');
      await Promise.all([browser.close(), ended]);
    }
  });
});
