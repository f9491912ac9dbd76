import { expect, it } from 'vitest';
import { buttonsOf } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { scene } from './harness.ts';
import { says } from './story.ts';

describeWithEngine('why, in the bot as shipped', () => {
  it('names the cause in the first line, and a click shows the log', async () => {
    await using it = await scene({ mode: 'socket' });
    const script = 'echo "API_TOKEN: unbound variable" >&2; exit 1';
    await using failed = await container(bed().sockets[0] as string, { cmd: ['sh', '-c', script], wait: true });
    const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

    await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/dock why ${failed.name} @staging-1` });
    const card = await it.slack.waitFor(says('API_TOKEN'), seen);

    expect(card.onlyFor).toBe('U0DEV1');
    // The notification says it all.
    expect(card.text).toContain(failed.name);
    expect(card.text).toContain('API_TOKEN');
    const [first] = buttonsOf(card.blocks);
    expect(first?.value).toMatch(/^\/dock logs /u);
    await it.slack.click({ person: 'U0DEV1', message: card, label: first?.text.text ?? '' });
    await it.slack.waitFor(says('unbound variable', 'Exited (1)'), seen);
  });

  it('says why an image cannot be pulled, with a button for the tag there is', async () => {
    await using it = await scene({ mode: 'socket' });
    const image = `${bed().registry.host}/fairlead/shop:1.0.9`;

    await it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: `/dock why ${image} @staging-1` });
    const card = await it.slack.waitFor(says('1.0.9', '1.0.0'), { channel: 'C0STAGING', as: 'U0DEV1' });

    expect(buttonsOf(card.blocks)[0]?.value).toMatch(/^\/dock pull \S+\/fairlead\/shop:\d/u);
  });
});
