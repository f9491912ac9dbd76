import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { connectEngine } from '../../src/docker/connect.ts';
import type { LogChunk } from '../../src/docker/engine.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';

const engineAt = (index: number) => connectEngine({ kind: 'unix', socketPath: bed().sockets[index] as string });

async function textOf(chunks: AsyncIterable<LogChunk>): Promise<Record<'stdout' | 'stderr', string>> {
  const out = { stdout: '', stderr: '' };
  for await (const { stream, bytes } of chunks) out[stream] += bytes.toString('utf8');
  return out;
}

describeWithEngine('the engine adapter on a real engine', () => {
  it('lists containers with their names, states and images', async () => {
    const socket = bed().sockets[0] as string;
    await using running = await container(socket, { cmd: ['sleep', '60'] });

    const found = (await engineAt(0).listContainers({ all: true })).find((item) => item.id === running.id);

    expect(found).toMatchObject({ names: [running.name], image: 'busybox:1.0', state: 'running', command: 'sleep 60' });
  });

  it('tells standard output and standard error apart, whatever the length of the lines', async () => {
    const socket = bed().sockets[0] as string;
    await using ran = await container(socket, {
      cmd: ['sh', '-c', 'echo out; echo err >&2; yes x | head -c 40000'],
      wait: true,
    });

    const text = await textOf(engineAt(0).logs(ran.id, { tail: 'all', timestamps: false, follow: false, tty: false }));

    expect(text.stderr).toBe('err\n');
    expect(text.stdout.startsWith('out\nx\n')).toBe(true);
    expect(text.stdout.length).toBe(40_004);
  });

  it('pulls with the password, gives digest and size, and says when there was nothing to do', async () => {
    const { registry } = bed();
    const reference = `${registry.host}/fairlead/shop:1.0.0`;
    const auth = { username: registry.username, password: registry.password, serverAddress: registry.host };

    const first = await engineAt(1).pull({ reference, auth }, () => {});
    const again = await engineAt(1).pull({ reference, auth }, () => {});

    expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/u);
    expect(first.bytes).toBeGreaterThan(100_000);
    expect(again).toMatchObject({ downloaded: false, digest: first.digest });
  });

  it.each([
    ['no account', undefined, '1.0.0', 'auth_missing'],
    ['a wrong password', 'wrong', '1.0.0', 'auth_bad'],
    ['a tag that is not there', 'tide-and-rope', '9.9.9', 'tag_not_found'],
  ])('names the cause of a failed pull: %s', async (_, password, tag, fault) => {
    const { registry } = bed();
    const auth =
      password === undefined ? undefined : { username: registry.username, password, serverAddress: registry.host };

    const pulling = engineAt(0).pull({ reference: `${registry.host}/fairlead/shop:${tag}`, auth }, () => {});

    await expect(pulling).rejects.toMatchObject({ fault });
  });

  it('refuses names that would become another path, before any connection', async () => {
    const engine = engineAt(0);

    for (const id of ['', '..', 'victim/kill?signal=KILL&x=', '..//127.0.0.1:1/x?', 'a b', `${'a'.repeat(63)}/`]) {
      await expect(engine.inspectContainer(id)).rejects.toMatchObject({ fault: 'refused' });
      await expect(engine.removeContainer(id)).rejects.toMatchObject({ fault: 'refused' });
      await expect(engine.inspectImage(id)).rejects.toMatchObject({ fault: 'refused' });
    }
  });

  it('never forces: an image in use stays, and the fault says so', async () => {
    const socket = bed().sockets[0] as string;
    const name = `${uniqueName('used')}:1`;
    await makeImage(socket, name);
    await using running = await container(socket, { image: name, cmd: ['sleep', '60'] });
    const engine = engineAt(0);
    const image = (await engine.listImages({})).find((item) => item.tags.includes(name));

    await expect(engine.removeImage(image?.id ?? '')).rejects.toMatchObject({ fault: 'in_use' });

    expect((await callEngine(socket, 'GET', `/containers/${running.id}/json`)).text).toContain('"Running":true');
  });

  it('ignores DOCKER_HOST: an address in the config is the address', async () => {
    process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
    try {
      await expect(engineAt(0).version()).resolves.toMatchObject({ engine: 'Docker' });
    } finally {
      delete process.env['DOCKER_HOST'];
    }
  });

  it('says that a missing image or container is not there', async () => {
    await expect(engineAt(0).inspectContainer('0'.repeat(64))).rejects.toMatchObject({
      fault: 'not_found',
      status: 404,
    });
  });

  it('counts disk use and lists volumes and networks', async () => {
    const socket = bed().sockets[0] as string;
    const name = uniqueName('volume');
    await callEngine(socket, 'POST', '/volumes/create', { Name: name });
    const engine = engineAt(0);

    const volumes = await engine.listVolumes({ filters: { dangling: ['true'] } });
    const usage = await engine.diskUsage();
    await engine.removeVolume(name);

    expect(volumes.find((volume) => volume.name === name)).toMatchObject({ anonymous: false });
    expect(usage.imagesBytes).toBeGreaterThan(0);
    expect((await engine.listVolumes({})).some((volume) => volume.name === name)).toBe(false);
    expect((await engine.listNetworks({})).map((network) => network.name)).toContain('none');
  });
});
