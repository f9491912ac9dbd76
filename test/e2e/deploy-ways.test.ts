import { describe, expect, it } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../playground/engine/api.ts';
import { registryAuth } from '../../playground/engine/registry.ts';
import { buttonsOf } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { opened, storeOf } from './harness.ts';
import {
  ask,
  commandsOf,
  deployed,
  IMAGE,
  isNote,
  labels,
  OPS,
  running,
  said,
  says,
  sharedStory,
  story,
} from './story.ts';

const NO_RULES = 'approvals: []';

describeWithEngine('ways a deployment can go', () => {
  describe('with an approval', () => {
    const shared = sharedStory(2);

    it('shows a plan and stops, with every detail and no secret', async () => {
      const it = await shared();

      await ask(it.slack, `/deploy ${it.service} 1.0.0 --plan -e API_TOKEN=hunter22 --memory 64m`);

      const plan = await it.slack.waitFor(says('Plan only', 'sha256:', 'web-1', 'web-2'), OPS);
      expect(plan.onlyFor).toBe('U0DEV1');
      expect(said(plan)).not.toContain('hunter22');
      expect(labels(plan)).toEqual([]);
      expect(await running(it.service)).toEqual([undefined, undefined]);
    });

    it('does not begin when a host changed since the plan, and offers a new one', async () => {
      const it = await shared();
      await deployed(it, '1.0.0');
      await ask(it.slack, `/deploy ${it.service} 1.1.0`);
      const card = await it.slack.waitFor(says('asks to deploy', '1.1.0'), OPS);
      const socket = bed().sockets[0] ?? '';
      await mustCall(socket, 'POST', `/containers/${it.service}/update`, {
        Memory: 40_000_000,
        MemorySwap: 80_000_000,
      });

      await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });

      const stale = await it.slack.waitFor(says('was not deployed', 'changed by hand'), { ...OPS, timeoutMs: 30_000 });
      expect(commandsOf(stale)).toContain('deploy');
      expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
    });
  });

  describe('in waves', () => {
    const inWaves = sharedStory(2, { rules: NO_RULES, rollout: 'stableFor: 0.3s, waves: [1, "100%"], ask: true' });

    it('goes in waves, with an approval between them that can be answered with no', async () => {
      const it = await inWaves();

      await ask(it.slack, `/deploy ${it.service} 1.0.0`);
      const card = await it.slack.waitFor(says('In 2 waves', 'between waves'), OPS);
      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
      const asked = await it.slack.waitFor(says('Continue with the next wave?', '1 of 2 hosts'), {
        ...OPS,
        timeoutMs: 30_000,
      });
      expect(labels(asked)).toEqual(['Continue', 'Abort', 'Details']);
      await it.slack.click({ person: 'U0DEV1', message: asked, label: 'Abort' });

      await it.slack.waitFor(says('is on 1 of 2 hosts: '), { ...OPS, timeoutMs: 30_000 });
      expect((await running(it.service)).filter((version) => version === '1.0.0')).toHaveLength(1);
    });

    it('goes on with the next wave when somebody lets it', async () => {
      const it = await inWaves();

      await ask(it.slack, `/deploy ${it.service} 1.0.0`);
      const card = await it.slack.waitFor(says('In 2 waves'), OPS);
      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
      const asked = await it.slack.waitFor(says('Continue with the next wave?'), { ...OPS, timeoutMs: 30_000 });
      await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Continue', times: 2 });

      await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
    });
  });

  it('asks whom it may concern between waves, asks again, and leaves the rest alone when nobody says so in time', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy], hosts: all, from: [oncall], expires: 5s, remind: 1s } ]',
      rollout: 'stableFor: 0.3s, waves: [1, "100%"], ask: true',
    });

    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('In 2 waves'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    const note = await it.slack.waitFor(isNote(card), { ...OPS, timeoutMs: 30_000 });
    expect(note.text).toMatch(/^<@U0DEV1> <!subteam\^S0ONCALL>: /u);
    expect(note.threadTs).toBe(card.ts);
    const asked = await it.slack.waitFor(says('Continue with the next wave?'), OPS);
    await it.slack.waitFor((message) => isNote(card)(message) && message.ts !== note.ts, OPS);

    const ended = await it.slack.waitFor(says('is on 1 of 2 hosts: ', 'not approved within 5 s'), OPS);
    expect(commandsOf(ended)).toEqual(['deploy', 'dock plan']);
    expect((await running(it.service)).filter((version) => version === '1.0.0')).toHaveLength(1);
    // As from a screen that still shows the question.
    const late = buttonsOf(asked.blocks).find(({ text }) => text.text === 'Continue');
    await ask(it.slack, late?.value ?? '', 'U0OPS1');
    await it.slack.waitFor(says('No wave of this deployment is waiting for approval'), {
      channel: 'C0PROD',
      as: 'U0OPS1',
    });
  });

  it('remembers as verified what it deployed, not what it found in place', async () => {
    await using it = await story({ rules: NO_RULES });
    const confirmed = async (line: string, hosts: string) => {
      await ask(it.slack, line);
      const card = await it.slack.waitFor(says('asks to deploy'), OPS);
      await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
      await it.slack.waitFor(says(`is deployed on ${hosts}`), { ...OPS, timeoutMs: 30_000 });
    };

    await confirmed(`/deploy ${it.service} 1.0.0 @web-1`, '1 host');
    await confirmed(`/deploy ${it.service} 1.0.0`, '2 hosts');

    const store = await storeOf(it.env);
    const [first, second] = (await store.deployments.recent({ limit: 2 })).toReversed();
    const versions = await store.versions.of({ service: it.service, limit: 9 });
    await store.close();
    expect(new Map(versions.map(({ host, deployment }) => [host, deployment]))).toEqual(
      new Map([
        ['web-1', first?.id],
        ['web-2', second?.id],
      ]),
    );
  });

  it('goes back when it is aborted', async () => {
    await using it = await story({ rules: NO_RULES, rollout: 'stableFor: 30s' });

    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('asks to deploy'), OPS);
    await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
    const gate = await it.slack.waitFor(says('Deploying', 'Abort', 'healthy'), { ...OPS, timeoutMs: 30_000 });
    await it.slack.click({ person: 'U0OPS1', message: gate, label: 'Abort' });

    const stopped = await it.slack.waitFor(says('was stopped by <@U0OPS1>'), { ...OPS, timeoutMs: 30_000 });
    expect(labels(stopped)).not.toContain('Abort');
    expect(await running(it.service)).not.toContain('1.0.0');
  });

  it('takes as many yeses as the rule asks for, each from somebody else', async () => {
    await using it = await story({
      rules: 'approvals: [ { commands: [deploy], hosts: all, from: [oncall], count: 2 } ]',
    });
    it.slack.setUserGroup('S0ONCALL', ['U0OPS1', 'U0VIEW1']);

    await ask(it.slack, `/deploy ${it.service} 1.0.0`);
    const card = await it.slack.waitFor(says('2 approvals from'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('Approved so far by <@U0OPS1>'), OPS);
    await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
    await it.slack.waitFor(says('You already approved this'), { channel: 'C0PROD', as: 'U0OPS1' });
    expect(await running(it.service)).toEqual([undefined, undefined]);
    await it.slack.click({ person: 'U0VIEW1', message: card, label: 'Approve' });

    await it.slack.waitFor(says('is deployed on 2 hosts'), { ...OPS, timeoutMs: 30_000 });
  });

  it('opens a form with services and versions, and says in it what is wrong', async () => {
    await using it = await story();

    await ask(it.slack, '/deploy');
    const form = await opened(it.slack, 'U0DEV1');
    expect(JSON.stringify(form)).toMatch(/1\.2\.0.*1\.1\.0.*1\.0\.0/u);
    const refused = await it.slack.submitView({
      person: 'U0DEV1',
      values: { version: '1.0.0', hosts: ['web-1'], reason: 'by form' },
    });
    expect(refused).toMatchObject({ ok: true });
    await it.slack.waitFor(says('asks to deploy', '1.0.0', 'by form', 'web-1'), OPS);
  });

  it('adopts a container that runs already, and keeps its settings', async () => {
    await using it = await story({ rules: NO_RULES });
    const { sockets, registry } = bed();
    const image = `${registry.host}/${IMAGE}`;
    const pull = `/images/create?fromImage=${image}&tag=1.0.0`;
    await mustSend(sockets[1] ?? '', { method: 'POST', path: pull, headers: registryAuth(registry) });
    await using legacy = await container(sockets[1] ?? '', {
      name: uniqueName('legacy'),
      image: `${image}:1.0.0`,
      cmd: ['sh', '-c', "trap 'exit 0' TERM; while true; do sleep 0.1; done"],
      env: ['COLOUR=blue'],
      hostConfig: { NetworkMode: 'none', Memory: 33_554_432 },
    });

    await ask(it.slack, `/deploy ${legacy.name} 1.1.0 @web-2`);
    const card = await it.slack.waitFor(says('asks to deploy', legacy.name), OPS);
    await it.slack.click({ person: 'U0DEV1', message: card, label: 'Deploy' });
    await it.slack.waitFor(says('is deployed on 1 host'), { ...OPS, timeoutMs: 40_000 });

    const now = JSON.parse((await callEngine(sockets[1] ?? '', 'GET', `/containers/${legacy.name}/json`)).text);
    expect(now.Config.Image).toContain('1.1.0');
    expect(now.Config.Env).toContain('COLOUR=blue');
    expect(now.HostConfig.Memory).toBe(33_554_432);
    await callEngine(sockets[1] ?? '', 'DELETE', `/containers/${legacy.name}?force=true`);
  });
});
