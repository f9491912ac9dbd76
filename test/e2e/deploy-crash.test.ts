import { setTimeout as later } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { ask, type deployed, OPS, running, said, says, story } from './story.ts';

/** Every container of a service on one host, by name. */
async function containersOf(socket: string, service: string): Promise<{ name: string; state: string }[]> {
  const filters = encodeURIComponent(JSON.stringify({ name: [service] }));
  const listed = JSON.parse(await mustCall(socket, 'GET', `/containers/json?all=true&filters=${filters}`)) as {
    Names: string[];
    State: string;
  }[];
  return listed.map(({ Names, State }) => ({ name: (Names[0] ?? '').slice(1), state: State }));
}

describeWithEngine('a deployment whose bot is killed', () => {
  it('reaches a verdict after the restart, with one version running and the card telling the truth', async () => {
    await using it = await story({ rules: 'approvals: []' });
    await deployedAlone(it, '1.0.0');
    const kills = 12;
    for (let round = 0; round < kills; round += 1) {
      const before = it.slack.messages({ channel: OPS.channel, as: OPS.as }).length;
      const wanted = (await running(it.service))[0] === '1.0.0' ? '1.1.0' : '1.0.0';
      await ask(it.slack, `/deploy ${it.service} ${wanted}`);
      const card = await it.slack.waitFor(
        (message) => says('asks to deploy', wanted)(message) && newer(message.ts, before),
        OPS,
      );
      const began = it.slack.waitFor((message) => message.ts === card.ts && !said(message).includes('asks to'), OPS);
      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
      await began;
      // From the first phase to after the last: a good rollout here takes about two seconds.
      await later((round * 2600) / kills);

      await it.restart();

      const ended = await it.slack.waitFor(
        (message) => message.ts === card.ts && !/Deploying|it begins|asks to/u.test(said(message)),
        { ...OPS, timeoutMs: 40_000 },
      );
      const versions = await running(it.service);
      for (const [index, socket] of bed().sockets.entries()) {
        const all = await containersOf(socket, it.service);
        expect(all.filter(({ state }) => state === 'running')).toHaveLength(1);
        expect(all.filter(({ name }) => name.endsWith('.candidate'))).toEqual([]);
        expect(['1.0.0', '1.1.0']).toContain(versions[index]);
      }
      if (said(ended).includes('is deployed on 2 hosts')) expect(versions).toEqual([wanted, wanted]);
      if (/old version runs/u.test(said(ended))) expect(versions).not.toContain(wanted);
    }

    function newer(ts: string, count: number): boolean {
      return !it.slack
        .messages({ channel: OPS.channel, as: OPS.as })
        .slice(0, count)
        .some((message) => message.ts === ts);
    }
  }, 180_000);
});

async function deployedAlone(it: Parameters<typeof deployed>[0], version: string): Promise<void> {
  await ask(it.slack, `/deploy ${it.service} ${version}`);
  const card = await it.slack.waitFor(says('asks to deploy', version), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
}

describeWithEngine('two bots on one store', () => {
  it('decide every question once, however many click at once, and run nothing twice', async () => {
    await using it = await story();
    await it.another();
    for (const version of ['1.0.0', '1.1.0', '1.0.0', '1.1.0', '1.0.0']) {
      const seen = new Set(it.slack.messages({ channel: OPS.channel, as: OPS.as }).map(({ ts }) => ts));
      await ask(it.slack, `/deploy ${it.service} ${version}`);
      const card = await it.slack.waitFor(
        (message) => !seen.has(message.ts) && says('asks to', 'Approve')(message),
        OPS,
      );
      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve', times: 100 });
      await it.slack.waitFor((message) => message.ts === card.ts && says('is deployed on 2 hosts')(message), {
        ...OPS,
        timeoutMs: 60_000,
      });
    }

    await ask(it.slack, `/dock history ${it.service}`);
    const history = await it.slack.waitFor(says('Deployments of'), OPS);
    expect(said(history).match(/:white_check_mark:/gu)).toHaveLength(5);
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
  }, 180_000);
});
