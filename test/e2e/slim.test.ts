import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { loadImage } from '../image/pack.ts';
import { PLANTED } from '../image/planted.ts';
import { type Mode, scene } from './harness.ts';
import { said, says } from './story.ts';

const node = PLANTED.find(({ name }) => name === 'node') ?? PLANTED[0];

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])('slim, over $mode', ({ mode }) => {
  it('answers with the savings first, and sends the report and a Dockerfile', async () => {
    await using it = await scene({ mode });
    const [socket = ''] = bed().sockets;
    const name = `${uniqueName('slim')}/shop:1.4.0`;
    if (node) await loadImage(socket, name, node.image);
    const type = (text: string) => it.slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });

    await type(`/dock slim ${name} @staging-1`);
    const answer = await it.slack.waitFor(says(name, '7MB can go', 'npm ci --omit=dev', 'FROM node:22'), {
      channel: 'C0STAGING',
      as: 'U0DEV1',
    });
    const sent = await it.slack.waitFor(({ files }) => files.length > 0, { channel: 'D0DEV1', as: 'U0DEV1' });
    await callEngine(socket, 'DELETE', `/images/${name}`);

    expect(answer.onlyFor).toBe('U0DEV1');
    expect(JSON.stringify(sent.files)).toMatch(/slim-.*shop-1\.4\.0\.txt/u);
    expect(said(answer) + JSON.stringify(sent.files)).not.toContain('npm_a8Fh');
  }, 60_000);

  it('reads an image that no host has from its registry', async () => {
    await using it = await scene({ mode });
    const { registry } = bed();

    await it.slack.type({
      person: 'U0DEV1',
      channel: 'C0STAGING',
      text: `/dock slim ${registry.host}/fairlead/worker:2.0 --from registry`,
    });

    await it.slack.waitFor(says('fairlead/worker:2.0', 'to pull', 'it runs as root'), {
      channel: 'C0STAGING',
      as: 'U0DEV1',
    });
  }, 60_000);
});
