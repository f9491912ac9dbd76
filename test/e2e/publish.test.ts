import { expect, it } from 'vitest';
import { makeImage } from '../../playground/engine/images.ts';
import { buttonsOf } from '../../playground/server/index.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { readDigest } from '../../src/registry/manifest.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { configWith, never } from '../registry/server.ts';
import { type Mode, scene } from './harness.ts';
import { said, says } from './story.ts';

const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0DEV1' };
const socket = () => bed().sockets[0] ?? '';

const account = () => `username: ${bed().registry.username}, password: "\${REGISTRY_PASSWORD}"`;

const config = (rules: string, registry = account(), inlineBudget = '1.5s') => `
slack: { team: T0FAIRLEAD, app: A0FAIRLEAD, inlineBudget: ${inlineBudget} }
hosts:
  staging-1: { url: "unix://${socket()}", labels: { env: staging } }
registries:
  "${bed().registry.host}": { ${registry} }
images: { push: [ "${bed().registry.host}/publish/*" ] }
groups:
  oncall: { people: [U0OPS1] }
roles:
  publisher: { commands: [images, tag, push] }
channels:
  ${CHANNEL}: { name: staging, grants: [ { role: publisher, hosts: all } ] }
approvals: ${rules}
budget: { commands: 1000, per: 1m }
`;

function digestOf(path: string, tag: string): Promise<string | undefined> {
  const { host, username, password } = bed().registry;
  const registries = createRegistries(configWith({ [host]: { username, password } }));
  return readDigest(registries.repository({ registry: host, path }), tag, never).catch(() => undefined);
}

const repository = () => `publish/${uniqueName('shop')}`;
const build = (name: string, salt: string) => makeImage(socket(), `${bed().registry.host}/${name}`, [], salt);

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'images are published, over $mode',
  ({ mode }) => {
    it('pushed from a host, offered the next version, and promoted with one click', async () => {
      await using it = await scene({ mode, config: config('[]') });
      const path = repository();
      await build(`${path}:1.4.2`, path);
      const name = `${bed().registry.host}/${path}`;
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });

      await type(`/dock docker push ${name}:1.4.2`);
      const pushed = await it.slack.waitFor(says('Pushed', 'new tag', 'sha256:'), { channel: CHANNEL, as: 'U0OPS1' });
      const digest = await digestOf(path, '1.4.2');
      expect(said(pushed)).toContain(digest);
      await type(`/tag ${name}:1.4.2`);
      const offers = await it.slack.waitFor(says('Which version of'), seen);
      expect(buttonsOf(offers.blocks).map(({ text }) => text.text)).toEqual(['1.4.3', '1.5.0', '2.0.0']);
      await it.slack.click({ person: 'U0DEV1', message: offers, label: '1.5.0' });
      await it.slack.waitFor(says('Tagged', `${path}:1.5.0`, 'Same repository'), seen);

      expect(await digestOf(path, '1.5.0')).toBe(digest);
      expect(it.log()).not.toContain(bed().registry.password);
    }, 60_000);

    it('a release is replaced when on-call clicks, and not before', async () => {
      await using it = await scene({
        mode,
        config: config('[ { commands: [tag, push], hosts: all, from: [oncall] } ]'),
      });
      const path = repository();
      const name = `${bed().registry.host}/${path}`;
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });
      const approved = async (...words: string[]) => {
        const asked = await it.slack.waitFor(says(...words, 'Needs approval'), { channel: CHANNEL, as: 'U0OPS1' });
        await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Approve' });
        return asked;
      };
      for (const tag of ['1.0.0', 'next']) {
        await build(`${path}:${tag}`, tag);
        await type(`/dock push ${name}:${tag}`);
        await approved(`${path}:${tag}`);
        await it.slack.waitFor(says('Pushed', `${path}:${tag}`), seen);
      }
      const [old, next] = [await digestOf(path, '1.0.0'), await digestOf(path, 'next')];

      await type(`/tag ${name}:next ${name}:1.0.0`);
      const refused = await it.slack.waitFor(says('is a release'), seen);
      await it.slack.click({ person: 'U0DEV1', message: refused, label: 'Ask to replace it' });
      const asked = await it.slack.waitFor(says('Replace', `${path}:1.0.0`, 'Needs approval'), seen);
      await it.slack.click({ person: 'U0DEV1', message: asked, label: 'Approve' });
      await it.slack.waitFor(says('somebody else has to approve it'), seen);
      expect(await digestOf(path, '1.0.0')).toBe(old);
      await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Approve' });
      const done = await it.slack.waitFor(says('Tagged', `${path}:1.0.0`, 'approved by'), seen);

      expect(done.ts).toBe(asked.ts);
      expect(await digestOf(path, '1.0.0')).toBe(next);
      expect(buttonsOf(done.blocks).map(({ value }) => value)).toEqual([`tag ${name}@${old} ${name}:1.0.0 --force`]);
    }, 90_000);

    it('what is approved and slow says so where it was asked, without its buttons, and then its result', async () => {
      const rule = '[ { commands: [push], hosts: all, from: [oncall] } ]';
      await using it = await scene({ mode, config: config(rule, account(), '0.001s') });
      const path = repository();
      await build(`${path}:1.0.0`, path);
      const text = `/dock push ${bed().registry.host}/${path}:1.0.0`;
      await it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });
      const asked = await it.slack.waitFor(says('Needs approval', path), { channel: CHANNEL, as: 'U0OPS1' });

      await it.slack.click({ person: 'U0OPS1', message: asked, label: 'Approve' });
      const approved = await it.slack.waitFor(says('Approved by', path), seen);
      await it.slack.waitFor(says('Pushed', path, 'sha256:'), seen);

      expect(approved.ts).toBe(asked.ts);
      expect(buttonsOf(approved.blocks)).toEqual([]);
    }, 60_000);

    it('with an account that may not read, a push goes through, and a promotion says which account it was', async () => {
      await using it = await scene({
        mode,
        config: config('[]', `username: nobody, password: wrong, push: { ${account()} }`),
      });
      const path = repository();
      const name = `${bed().registry.host}/${path}`;
      await build(`${path}:1.4.2`, path);
      const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: CHANNEL, text });

      await type(`/dock push ${name}:1.4.2`);
      await it.slack.waitFor(says('Pushed', `${path}:1.4.2`), seen);
      await type(`/tag ${name}:1.4.2 ${name}:1.4`);
      await it.slack.waitFor(says(`the account \`registries.${bed().registry.host}\``), seen);

      expect(await digestOf(path, '1.4')).toBeUndefined();
    }, 60_000);
  },
);
