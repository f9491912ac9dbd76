import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import type { Message } from '../../playground/server/index.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { engineKind } from '../bed/engines.ts';
import { ask, type deployed, labels, OPS, running, type Story, said, says, story } from './story.ts';

/** Every container of a service on one host, by name. */
async function containersOf(socket: string, service: string): Promise<{ name: string; state: string }[]> {
  const filters = encodeURIComponent(JSON.stringify({ name: [service] }));
  const listed = JSON.parse(await mustCall(socket, 'GET', `/containers/json?all=true&filters=${filters}`)) as {
    Names: string[];
    State: string;
  }[];
  return listed.map(({ Names, State }) => ({ name: (Names[0] ?? '').slice(1), state: State }));
}

/** On each of the engines of `.ci/run`, 20.10 and 28.5; the moments of one are between those of the other. */
const KILLS = 6;
const OFFSET = engineKind() === 'machine' ? 0 : 0.5;

describeWithEngine('a deployment whose bot is killed', () => {
  it('reaches a verdict after the restart, with one version running and the card telling the truth', async () => {
    await using it = await story({ rules: 'approvals: []' });
    await deployedAlone(it, '1.0.0');
    for (let round = 0; round < KILLS; round += 1) {
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
      await later(((round + OFFSET) * 2600) / KILLS);

      await it.restart();

      const ended = await it.slack.waitFor((message) => message.ts === card.ts && says('took')(message), {
        ...OPS,
        timeoutMs: 40_000,
      });
      const versions = await running(it.service);
      for (const [index, socket] of bed().sockets.entries()) {
        const all = await containersOf(socket, it.service);
        expect(all.filter(({ state }) => state === 'running')).toHaveLength(1);
        expect(all.filter(({ name }) => name.endsWith('.candidate'))).toEqual([]);
        expect(['1.0.0', '1.1.0']).toContain(versions[index]);
      }
      if (said(ended).includes('is deployed on 2 hosts')) expect(versions).toEqual([wanted, wanted]);
      if (/`[\d.]+` (?:runs|was never stopped)/u.test(said(ended))) expect(versions).not.toContain(wanted);
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

/** The first of two waves is done, and the second is asked for; or the first is in its gate, for long. */
async function halfway(it: Story, at: 'asked' | 'gate') {
  await ask(it.slack, `/deploy ${it.service} 1.0.0`);
  const card = await it.slack.waitFor(says('asks to deploy'), OPS);
  await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
  await it.slack.waitFor(
    at === 'asked' ? says('Continue with the next wave?') : says('Deploying', 'must stay so'),
    LATE,
  );
  return card;
}

const LATE = { ...OPS, timeoutMs: 40_000 };
const IN_WAVES = { rules: 'approvals: []', rollout: 'stableFor: 0.3s, waves: [1, "100%"], ask: true' };
const LONG_GATE = { rules: 'approvals: []', rollout: 'stableFor: 8s' };
/** The config without its second host. */
const withoutHost = (it: Story) => () => {
  const file = join(it.folder, 'fairlead.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}web-2:.*\n/mu, ''));
};

describeWithEngine('a bot that is told to end', { timeout: 120_000 }, () => {
  it('while it waits for an answer: the next one goes on waiting', async () => {
    await using it = await story(IN_WAVES);
    const card = await halfway(it, 'asked');

    await it.restart('SIGTERM');

    const asked = it.slack.messages(OPS).find(({ ts }) => ts === card.ts);
    expect(labels(asked as Message)).toEqual(['Continue', 'Abort', 'Details']);
    await it.slack.click({ person: 'U0OPS1', message: asked as Message, label: 'Continue' });
    await it.slack.waitFor(says('is deployed on 2 hosts'), LATE);
  });

  it('in the middle of a host: it goes back, and says why', async () => {
    await using it = await story(LONG_GATE);
    await halfway(it, 'gate');

    await it.restart('SIGTERM');

    await it.slack.waitFor(says('was stopped', 'Fairlead shut down'), LATE);
    expect(await running(it.service)).toEqual([undefined, undefined]);
  });

  it('while a version does not end when it is told to: the old one serves all the same', async () => {
    const container = ', command: [sleep, "3600"]';
    await using it = await story({ rules: 'approvals: []', rollout: 'stableFor: 3s', container });
    await deployedAlone(it, '1.0.0');
    await ask(it.slack, `/deploy ${it.service} 1.1.0`);
    const card = await it.slack.waitFor(says('asks to deploy', '1.1.0'), OPS);
    await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
    await it.slack.waitFor((message) => message.ts === card.ts && says('must stay so')(message), LATE);

    await it.restart('SIGTERM');

    await it.slack.waitFor((message) => message.ts === card.ts && says('was stopped', 'shut down')(message), LATE);
    expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
  });
});

describeWithEngine('a host that is taken out of the config', { timeout: 120_000 }, () => {
  it('before its wave: it is not started', async () => {
    await using it = await story(IN_WAVES);
    await halfway(it, 'asked');

    await it.restart('SIGKILL', withoutHost(it));

    await it.slack.waitFor(says('is on 1 of 2 hosts: ', 'no longer in the config'), LATE);
    expect(await running(it.service)).toEqual(['1.0.0', undefined]);
  });

  it('in the middle of it: somebody is told to look, once', async () => {
    await using it = await story(LONG_GATE);
    await halfway(it, 'gate');

    await it.restart('SIGKILL', withoutHost(it));

    const card = await it.slack.waitFor(says('needs attention now', 'web-2', 'docker ps -a'), LATE);
    expect(labels(card)).toContain('Details');
  });
});
