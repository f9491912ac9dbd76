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
});
