import { expect, it } from 'vitest';
import { buttonsOf } from '../../playground/server/index.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { plainRegistry, trickling } from '../why/registries.ts';
import type { Mode } from './harness.ts';
import { sharedScene } from './shared.ts';
import { says } from './story.ts';

const anyImage = () => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD }
hosts: { staging-1: { url: "unix://${bed().sockets[0]}" } }
roles: { mechanic: { commands: [pull, run] } }
channels:
  C0STAGING: { name: staging, grants: [ { role: mechanic, hosts: all } ] }
`;

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'pulling with the bot as shipped, over $mode',
  ({ mode }) => {
    const shared = sharedScene(() => ({ mode }));
    const anywhere = sharedScene(() => ({ mode, config: anyImage() }));

    it('pulls with progress in the channel, digest and size at the end', async () => {
      const it = await shared();
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
      const it = await shared();

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
      const it = await shared();
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

    it.each([
      ['/pull', '/pull', 'Not pulled on staging-1'],
      ['/run', '/run -d -m 64m', 'Stopped before it was done'],
    ])('%s is stopped in its pull by its own person, and by nobody else', async (_, line, end) => {
      const it = await anywhere();
      await using registry = await plainRegistry(trickling());
      const asked = { person: 'U0DEV1', channel: 'C0STAGING' };
      const seen = { channel: 'C0STAGING', as: 'U0DEV1' };
      const stop = async (person: string) => {
        const message = await it.slack.waitFor(says('Pulling', 'Stop'), seen);
        await it.slack.click({ person, message, label: 'Stop' });
      };

      await it.slack.type({ ...asked, text: `${line} ${registry.host}/devops/shop:1.0.0 @staging-1` });
      await stop('U0OPS1');
      await it.slack.waitFor(says('Only the person who started it'), { channel: 'C0STAGING', as: 'U0OPS1' });
      await stop('U0DEV1');

      const done = await it.slack.waitFor(says(end), seen);
      expect(buttonsOf(done.blocks).map(({ text }) => text.text)).not.toContain('Stop');
    });
  },
);
