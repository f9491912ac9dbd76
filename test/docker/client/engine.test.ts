import { expect, it } from 'vitest';
import { callEngine } from '../../../playground/engine/api.ts';
import { makeImage } from '../../../playground/engine/images.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { LogChunk } from '../../../src/docker/client/types.ts';
import { bed, container, describeWithEngine, uniqueName } from '../../bed/bed.ts';

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

  it('separates standard output and standard error, whatever the length of lines', async () => {
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

  it('pulls with a password, and returns digest, size, and whether anything was downloaded', async () => {
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
    ['a tag that is not there', 'right', '9.9.9', 'tag_not_found'],
  ])('names the cause of a failed pull: %s', async (_, given, tag, fault) => {
    const { registry } = bed();
    const password = given === 'right' ? registry.password : (given ?? '');
    const auth =
      given === undefined ? undefined : { username: registry.username, password, serverAddress: registry.host };

    const pulling = engineAt(0).pull({ reference: `${registry.host}/fairlead/shop:${tag}`, auth }, () => {});

    await expect(pulling).rejects.toMatchObject({ fault });
  });

  it('refuses names that would change the path, before any connection', async () => {
    const engine = engineAt(0);

    for (const id of ['', '..', 'victim/kill?signal=KILL&x=', '..//127.0.0.1:1/x?', 'a b', `${'a'.repeat(63)}/`]) {
      await expect(engine.inspectContainer(id)).rejects.toMatchObject({ fault: 'refused' });
      await expect(engine.removeContainer(id)).rejects.toMatchObject({ fault: 'refused' });
      await expect(engine.inspectImage(id)).rejects.toMatchObject({ fault: 'refused' });
    }
  });

  it('never forces: an image in use is kept', async () => {
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

  it('reports a missing container as not found', async () => {
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

  it('returns a terminal’s log raw, and lines beyond 16 kB whole', async () => {
    const socket = bed().sockets[0] as string;
    const cmd = ['sh', '-c', 'yes 0123456789 | head -c 50000 | tr -d "\\n"; echo'];
    await using plain = await container(socket, { cmd, wait: true });
    await using terminal = await container(socket, { cmd: ['echo', 'hi'], tty: true, wait: true });
    const engine = engineAt(0);
    const query = { tail: 'all', timestamps: false, follow: false } as const;

    expect((await engine.inspectContainer(terminal.id)).tty).toBe(true);
    expect((await textOf(engine.logs(terminal.id, { ...query, tty: true }))).stdout).toBe('hi\r\n');
    const { stdout } = await textOf(engine.logs(plain.id, { ...query, tty: false }));
    expect(stdout.split('\n')).toEqual([expect.stringMatching(/^(?:0123456789)+\d*$/u), '']);
    expect(stdout.length).toBeGreaterThan(45_000);
  });

  it('follows a log until its caller aborts', async () => {
    const socket = bed().sockets[0] as string;
    await using running = await container(socket, { cmd: ['sh', '-c', 'echo begun; sleep 60'] });
    const stop = new AbortController();
    const query = { tail: 10, timestamps: false, follow: true, tty: false };
    const log = engineAt(0).logs(running.id, query, { signal: stop.signal })[Symbol.asyncIterator]();

    const first = await log.next();
    const second = log.next();
    stop.abort();

    expect(first.value?.bytes.toString()).toBe('begun\n');
    await expect(second).rejects.toMatchObject({ fault: 'aborted' });
  });

  it('removes a stopped container, but not a running one', async () => {
    const socket = bed().sockets[0] as string;
    await using running = await container(socket, { cmd: ['sleep', '60'] });
    await using ended = await container(socket, { cmd: ['true'], wait: true });
    const engine = engineAt(0);

    await engine.removeContainer(ended.id);

    await expect(engine.removeContainer(running.id)).rejects.toMatchObject({ fault: 'in_use', status: 409 });
    await expect(engine.removeContainer(ended.id)).rejects.toMatchObject({ fault: 'not_found' });
    expect((await engine.containerSizes()).has(running.id)).toBe(true);
  });

  it('removes one tag, and the image by its id', async () => {
    const socket = bed().sockets[0] as string;
    const name = uniqueName('r.example:5000/team/app');
    await makeImage(socket, `${name}:1`);
    await callEngine(socket, 'POST', `/images/${name}:1/tag?repo=${encodeURIComponent(name)}&tag=2`);
    const engine = engineAt(0);
    const find = async () => (await engine.listImages({})).find(({ tags }) => tags.some((tag) => tag.startsWith(name)));
    const image = await find();
    expect(image?.tags.toSorted()).toEqual([`${name}:1`, `${name}:2`]);

    await engine.removeImage(`${name}:1`);

    expect((await find())?.tags).toEqual([`${name}:2`]);
    expect(await engine.inspectImage(image?.id ?? '')).toMatchObject({ id: image?.id, os: 'linux' });
    await engine.removeImage(image?.id ?? '');
    expect(await find()).toBeUndefined();
  });

  it('counts containers attached to a network, running or not, and removes an unused one', async () => {
    const socket = bed().sockets[0] as string;
    const name = uniqueName('net');
    await callEngine(socket, 'POST', '/networks/create', { Name: name, Driver: 'bridge', Labels: { team: 'shop' } });
    const engine = engineAt(0);
    const find = async () =>
      (await engine.listNetworks({ filters: { name: [name] }, countAttached: true })).find((one) => one.name === name);
    const network = await find();
    expect(network).toMatchObject({ attached: 0, driver: 'bridge', labels: { team: 'shop' } });
    const body = { Image: 'busybox:1.0', Cmd: ['true'], HostConfig: { NetworkMode: name } };
    const { Id } = JSON.parse((await callEngine(socket, 'POST', '/containers/create', body)).text) as { Id: string };

    expect(await find()).toMatchObject({ attached: 1 });
    await engine.removeContainer(Id);
    await engine.removeNetwork(network?.id ?? '');

    expect(await find()).toBeUndefined();
  });

  it('refuses a volume in use, and counts disk use for several at once', async () => {
    const socket = bed().sockets[0] as string;
    const name = uniqueName('data');
    const body = { Image: 'busybox:1.0', Cmd: ['true'], HostConfig: { Binds: [`${name}:/data`] } };
    const { Id } = JSON.parse((await callEngine(socket, 'POST', '/containers/create', body)).text) as { Id: string };
    const engine = engineAt(0);

    await expect(engine.removeVolume(name)).rejects.toMatchObject({ fault: 'in_use' });
    const [usage] = await Promise.all([engine.diskUsage(), engine.diskUsage(), engine.diskUsage()]);

    expect(usage.volumes.find((volume) => volume.name === name)).toMatchObject({ refs: 1 });
    await expect(engine.removeCache('k2f6x3v1q9notthere0000000')).rejects.toMatchObject({ fault: 'refused' });
    await engine.removeContainer(Id);
    await engine.removeVolume(name);
  });

  it('pulls by digest, and rejects a different platform', async () => {
    const { registry } = bed();
    const auth = { username: registry.username, password: registry.password, serverAddress: registry.host };
    const engine = engineAt(1);
    const { digest, arch } = await engine.pull({ reference: `${registry.host}/fairlead/shop:1.1.0`, auth }, () => {});

    const pinned = await engine.pull({ reference: `${registry.host}/fairlead/shop@${digest}`, auth }, () => {});
    const platform = arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
    const other = engine.pull({ reference: `${registry.host}/fairlead/shop:1.1.0`, auth, platform }, () => {});

    expect(pinned).toMatchObject({ digest, downloaded: false });
    await expect(other).rejects.toMatchObject({ fault: 'platform' });
  });

  it('returns its version and info', async () => {
    const engine = engineAt(0);

    expect(await engine.version()).toMatchObject({
      podman: false,
      os: 'linux',
      apiVersion: expect.stringMatching(/^1\./u),
    });
    expect((await engine.info()).cpus).toBeGreaterThan(0);
  });
});
