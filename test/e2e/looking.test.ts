import { expect, it } from 'vitest';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { type Mode, scene } from './harness.ts';
import { said, says } from './story.ts';

const seen = { channel: 'C0STAGING', as: 'U0DEV1' };
const one = () => bed().sockets[0] as string;

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])('looking, over $mode', ({ mode }) => {
  it('shows what containers use, with charts, and follows it live in direct messages', async () => {
    await using it = await scene({ mode });
    await using first = await container(one(), { cmd: ['sleep', '600'], hostConfig: { Memory: 32_000_000 } });
    await using second = await container(one(), { cmd: ['sleep', '600'] });
    const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });

    await type(`/stats ${first.name} ${second.name} @staging-1`);
    const answer = await it.slack.waitFor(says(first.name, second.name, 'MEM %', 'no limit', '30.52MiB'), seen);
    expect(said(answer)).toContain('data_visualization');
    expect(answer.onlyFor).toBe('U0DEV1');

    await type(`/stats ${first.name} -f for 5m @staging-1`);
    const live = await it.slack.waitFor(says(first.name, 'following until', '"now"'), {
      channel: 'D0DEV1',
      as: 'U0DEV1',
    });
    await it.slack.click({ person: 'U0DEV1', message: live, label: 'Stop' });
    const ended = await it.slack.waitFor(says('ended: stopped'), { channel: 'D0DEV1', as: 'U0DEV1' });
    expect(ended.ts).toBe(live.ts);
  }, 60_000);

  it('shows what a container is without its secrets, a part of it, and all of it in a file', async () => {
    await using it = await scene({ mode });
    await using ran = await container(one(), {
      cmd: ['sh', '-c', 'sleep 600', '--password', 'hunter2hunter'],
      env: ['DB_PASSWORD=verysecret1'],
    });
    const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });

    await type(`/inspect ${ran.name} @staging-1`);
    const view = await it.slack.waitFor(says(ran.name, 'DB_PASSWORD', 'Restart policy', '--password ***'), seen);
    expect(said(view)).not.toMatch(/verysecret1|hunter2/u);

    await type(`/inspect ${ran.name} --format ‘{{.State.Status}}!’ @staging-1`);
    await it.slack.waitFor(says('running!'), seen);

    await it.slack.click({ person: 'U0DEV1', message: view, label: 'JSON' });
    const sent = await it.slack.waitFor(({ files }) => files.length > 0, { channel: 'D0DEV1', as: 'U0DEV1' });
    const [file] = sent.files;
    const text = JSON.stringify(file);
    expect(text).not.toMatch(/verysecret1|hunter2/u);
  }, 60_000);

  it('looks into containers and hosts with docker’s other words', async () => {
    await using it = await scene({ mode });
    await using ran = await container(one(), { cmd: ['sh', '-c', 'echo x > /data/new; sleep 600'] });
    const { name } = ran;
    const lines: readonly [string, ...string[]][] = [
      [`/dock top ${name} @staging-1`, name],
      [`/dock port ${name} @staging-1`, 'No port is published'],
      [`/dock diff ${name} @staging-1`, 'A /data/new'],
      ['/dock system df @staging-1', 'TO TYPE', 'FREES'],
      [`/dock events --container ${name} @staging-1`, 'start', name],
      [`/ps ${ran.id.slice(0, 12)} ${name} --format "{{.Names}} is {{.State}}" @staging-1`, `${name} is running`],
    ];
    for (const [line, ...words] of lines) {
      await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: line });
      await it.slack.waitFor(says(...words), seen);
    }
  }, 90_000);
});
