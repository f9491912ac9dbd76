import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { type Mode, scene } from './harness.ts';
import { says } from './story.ts';

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'pulling with the bot as shipped, over $mode',
  ({ mode }) => {
    it('pulls with progress in the channel, digest and size at the end', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();

      await it.slack.type({
        person: 'U0DEV1',
        channel: 'C0STAGING',
        text: `/pull ${registry.host}/fairlead/shop:1.1.0 @staging-1`,
      });

      const done = await it.slack.waitFor(says('sha256:', 'linux/'), { channel: 'C0STAGING', as: 'U0VIEW1' });
      expect(done.text).toMatch(/^Pulled .+ on staging-1/u);
    });

    it('names the nearest real tags when a tag is not there', async () => {
      await using it = await scene({ mode });

      await it.slack.type({
        person: 'U0DEV1',
        channel: 'C0STAGING',
        text: `/pull ${bed().registry.host}/fairlead/shop:1.0.1 @staging-1`,
      });

      await it.slack.waitFor(says('Not pulled on staging-1', '`1.0.0`', '`1.1.0`'), {
        channel: 'C0STAGING',
        as: 'U0DEV1',
      });
    });

    it('names the repository that was meant when one of its name is not there', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();
      const pull = (name: string) =>
        it.slack.type({
          person: 'U0DEV1',
          channel: 'C0PROD',
          text: `/pull ${registry.host}/fairlead/${name}:2.0 @web-1`,
        });

      await pull('worker');
      await it.slack.waitFor(says('Pulled ', 'on web-1'), { channel: 'C0PROD', as: 'U0DEV1' });
      await pull('wroker');

      await it.slack.waitFor(says(`Did you mean \`${registry.host}/fairlead/worker\``), {
        channel: 'C0PROD',
        as: 'U0DEV1',
      });
    });
  },
);
