import { expect, it } from 'vitest';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { type Mode, scene } from './harness.ts';
import { labels, said, says } from './story.ts';

const seen = { channel: 'C0STAGING', as: 'U0DEV1' };

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'finding an image and its versions, over $mode',
  ({ mode }) => {
    it('searches the registry’s catalogue, and a click lists the tags of what was found', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });

      await type(`/dock search ${registry.host}/shop`);
      const found = await it.slack.waitFor(says('NAME', 'STARS', `${registry.host}/fairlead/shop`), seen);
      expect(found.onlyFor).toBe('U0DEV1');
      expect(said(found)).not.toContain('fairlead/worker');

      await it.slack.click({ person: 'U0DEV1', message: found, label: 'Tags of shop' });
      const tags = await it.slack.waitFor(says('newest release', '1.1.0', '1.0.0', '1.2.0-rc.1', 'pre-release'), seen);
      expect(said(tags)).toMatch(/sha256:[0-9a-f]{12}.*no signature/u);
      expect(said(tags)).toContain('linux/amd64');
      expect(labels(tags)).toContain('Pull');
    }, 60_000);

    it('says which hosts run which version, also after the tag was moved', async () => {
      await using it = await scene({ mode });
      const { registry, sockets } = bed();
      const [socket = ''] = sockets;
      const name = `fairlead/${uniqueName('found')}`;
      await publishImage(socket, registry, `${name}:1.0.0`, ['LABEL build=1']);
      const image = `${registry.host}/${name}:1.0.0`;
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
      await type(`/pull ${image} @staging-1`);
      await it.slack.waitFor(says(`Pulled ${image}`), seen);
      await using ran = await container(socket, { image, cmd: ['sleep', '600'] });

      await type(`/dock tags ${registry.host}/${name} @staging-1`);
      await it.slack.waitFor(says(name, 'runs on staging-1'), seen);
      await engineApi(socket, 'POST', `/images/${image}/tag?repo=kept&tag=${ran.name}`);
      await publishImage(socket, registry, `${name}:1.0.0`, ['LABEL build=2']);
      await type(`/dock tags ${registry.host}/${name} --filter '1.*' @staging-1`);

      await it.slack.waitFor(says(name, 'another image runs under this tag on staging-1'), seen);
    }, 90_000);

    it('names the repository that was meant, and why a registry cannot be searched', async () => {
      await using it = await scene({ mode });
      const { registry } = bed();
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
      await type(`/pull ${registry.host}/fairlead/worker:2.0 @staging-1`);
      await it.slack.waitFor(says('Pulled ', 'on staging-1'), seen);

      await type(`/dock tags ${registry.host}/fairlead/wroker @staging-1`);
      const wrong = await it.slack.waitFor(says('Did you mean', `${registry.host}/fairlead/worker`), seen);
      expect(labels(wrong)).toEqual([`Tags of ${registry.host}/fairlead/worker`]);

      await type('/dock search shop --registry harbor.example.com');
      const unknown = await it.slack.waitFor(says('is not a registry of the config'), seen);
      expect(said(unknown)).toContain(registry.host);
    }, 60_000);
  },
);
