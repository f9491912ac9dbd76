import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import type { PushAsked, Pushed, PushReport } from '../../src/handlers/images/pushing/types.ts';
import type { Tagged } from '../../src/handlers/images/tagging/types.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { readDigest } from '../../src/registry/manifest.ts';
import { bed, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { configWith, never } from '../registry/server.ts';
import { plainRegistry } from '../why/registries.ts';
import { type Answer, type Desk, openDesk, resultOf } from './desk.ts';

const OLI = 'U0OPS1';
const RULE = {
  groups: { oncall: { people: [OLI] } },
  approvals: [{ commands: ['push'], hosts: 'all', from: ['oncall'] }],
};

const account = () => {
  const { username, password } = bed().registry;
  return { username, password };
};

const desk = (more = {}, own: object = account()): Promise<Desk> => {
  const [one = '', two = ''] = bed().sockets;
  const { host } = bed().registry;
  return openDesk({ 'staging-1': one, 'web-1': two }, ['push', 'tag'], {
    registries: { [host]: own },
    images: { push: [`${host}/push/**`] },
    ...more,
  });
};

/** An image of its own, under a name that may be pushed. */
async function anImage(path: string, tag: string, salt: string): Promise<string> {
  const name = `${bed().registry.host}/${path}:${tag}`;
  await makeImage(bed().sockets[0] ?? '', name, [], salt);
  return name;
}

/** What the registry has under a tag. */
function digestOf(path: string, tag: string): Promise<string | undefined> {
  const { host } = bed().registry;
  const repository = createRegistries(configWith({ [host]: account() })).repository({ registry: host, path });
  return readDigest(repository, tag, never).catch(() => undefined);
}

/** A registry without images, which never answers an upload. */
const takesNoLayers: RequestListener = ({ method, url }, response) => {
  if (method !== 'POST')
    response.writeHead(url === '/v2/' ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
};

describeWithEngine('/dock push', () => {
  it('pushes with progress, and says the digest that the registry has', async () => {
    await using it = await desk();
    const path = `push/${uniqueName('shop')}`;
    const name = await anImage(path, '1.0.0', path);
    const reports: PushReport[] = [];

    const pushed = resultOf<Pushed>(
      await it.watch(`/dock push ${name}`, (report) => reports.push(report as PushReport)),
    );

    expect(pushed).toMatchObject({ state: 'pushed', from: 'staging-1', before: null, uploaded: true, failures: [] });
    expect(pushed.now).toBe(await digestOf(path, '1.0.0'));
    expect(reports.at(-1)).toMatchObject({ host: 'staging-1', progress: { layersTotal: expect.any(Number) } });
    expect(resultOf<Pushed>(await it.say(`/dock push ${name}`))).toMatchObject({ state: 'unchanged', now: pushed.now });
  });

  it('moves a moving tag, and gives the line that sets it back', async () => {
    await using it = await desk();
    const path = `push/${uniqueName('shop')}`;
    const name = await anImage(path, 'stable', 'one');
    const { now: first } = resultOf<Pushed>(await it.say(`/dock push ${name} @staging-1`));
    await anImage(path, 'stable', 'two');

    const second = resultOf<Pushed>(await it.say(`/dock push ${name}`));

    expect(second).toMatchObject({ state: 'pushed', before: first, warnings: [expect.stringContaining('stable')] });
    expect(second.now).not.toBe(first);
    expect(resultOf<Tagged>(await it.say(`/${second.back}`))).toMatchObject({ where: 'registry', failures: [] });
    expect(await digestOf(path, 'stable')).toBe(first);
  });

  it('replaces a release only once somebody else approved it', async () => {
    await using it = await desk(RULE);
    const path = `push/${uniqueName('shop')}`;
    const name = await anImage(path, '1.0.0', 'one');
    const first = resultOf<PushAsked>(await it.say(`/dock push ${name}`));
    const reports: object[] = [];
    const watched = await it.watch(`/dock approve ${first.id}`, (report) => reports.push(report as object), OLI);
    const { now: old } = resultOf<Pushed>(watched);
    expect(reports).toContainEqual(expect.objectContaining({ kind: 'push', host: 'staging-1' }));
    await anImage(path, '1.0.0', 'two');

    expect(await it.say(`/dock push ${name}`)).toMatchObject({
      reason: 'guardrail',
      choices: [{ label: '1.0.1' }, { label: '1.1.0' }, { label: '2.0.0' }, { label: 'Ask to replace it' }],
    });
    const asked = resultOf<PushAsked>(await it.say(`/dock push ${name} --force`));
    expect(asked.plan).toMatchObject({ from: 'staging-1', before: old });
    expect(await digestOf(path, '1.0.0')).toBe(old);
    await anImage(path, '1.0.0', 'three');
    const moved = resultOf<Pushed>(await it.say(`/dock approve ${asked.id}`, OLI));
    expect(moved).toMatchObject({
      state: 'failed',
      now: old,
      failures: [{ host: 'staging-1', summary: expect.stringContaining('is another image now') }],
    });

    const again = resultOf<PushAsked>(await it.say(`/dock push ${name} --force`));
    expect(resultOf<Pushed>(await it.say(`/dock approve ${again.id}`, OLI))).toMatchObject({
      state: 'pushed',
      before: old,
    });
    expect(await digestOf(path, '1.0.0')).not.toBe(old);
  });

  it.each([
    ['of its person', {}],
    ['that somebody else approved', RULE],
  ])('ends a push %s when its person stops it, and for nobody else', async (_, rules) => {
    await using registry = await plainRegistry(takesNoLayers);
    await using it = await desk({
      ...rules,
      images: { push: [`${registry.host}/**`] },
      registries: { [registry.host]: { insecure: true } },
    });
    const socket = bed().sockets[0] as string;
    const name = `${registry.host}/${uniqueName('shop')}:1.0.0`;
    await makeImage(socket, name, [], name);
    await using _image = {
      [Symbol.asyncDispose]: async () => void (await callEngine(socket, 'DELETE', `/images/${name}`)),
    };
    const stopped = Promise.withResolvers<readonly Answer[]>();
    const stop = async ({ id }: PushReport) => {
      const line = `/dock unfollow ${id}`;
      stopped.resolve([await it.say(line, 'U0DEV2'), await it.say(line)]);
    };
    let isAsked = false;
    const watch = (report: unknown) => {
      if (!isAsked) void stop(report as PushReport).catch(stopped.reject);
      isAsked = true;
    };

    const first = await it.watch(`/dock push ${name}`, watch);
    const asked = first.kind === 'result' && 'id' in first.result ? `/dock approve ${first.result.id}` : undefined;
    const pushed = resultOf<Pushed>(asked === undefined ? first : await it.watch(asked, watch, OLI));

    expect(await stopped.promise).toMatchObject([{ reason: 'not_permitted' }, { result: { kind: 'stopped' } }]);
    expect(pushed).toMatchObject({
      state: 'failed',
      now: null,
      failures: [{ summary: 'Stopped before it was done.' }],
    });
  });

  it('uses the account for pushing where there is one, and says which was refused', async () => {
    const path = `push/${uniqueName('shop')}`;
    const name = await anImage(path, 'next', path);
    const { host } = bed().registry;
    const wrong = { username: 'robot', password: 'not this one' };

    await using refused = await desk({}, { ...account(), push: wrong });
    expect(resultOf<Pushed>(await refused.say(`/dock push ${name}`))).toMatchObject({
      state: 'failed',
      failures: [{ summary: expect.stringContaining(`registries.${host}.push`) }],
    });
    await using none = await desk({}, {});
    expect(resultOf<Pushed>(await none.say(`/dock push ${name}`))).toMatchObject({ state: 'failed', now: undefined });
    await using right = await desk({}, { ...wrong, push: account() });
    expect(resultOf<Pushed>(await right.say(`/dock push ${name}`))).toMatchObject({ state: 'pushed' });
  });

  it('pushes no release that nobody can look up', async () => {
    const path = `push/${uniqueName('shop')}`;
    const name = await anImage(path, '1.0.0', path);
    await using it = await desk({}, {});

    expect(await it.say(`/dock push ${name}`)).toMatchObject({ kind: 'refused', reason: 'registry_refused' });
    expect(await digestOf(path, '1.0.0')).toBeUndefined();
  });

  it('pushes nothing to where the config does not say', async () => {
    const name = await anImage(`other/${uniqueName('shop')}`, '1.0.0', 'one');
    await using it = await desk();

    expect(await it.say(`/dock push ${name}`)).toMatchObject({ reason: 'image_not_allowed' });
    expect(await it.say(`/dock push busybox:1.0 @web-1`)).toMatchObject({ reason: 'image_not_allowed' });
  });

  it('promotes within a real registry: layers are mounted, and no host pulls', async () => {
    await using it = await desk();
    const [from, to] = [`push/${uniqueName('staging')}`, `push/${uniqueName('prod')}`];
    const name = await anImage(from, '1.4.2', from);
    const { now } = resultOf<Pushed>(await it.say(`/dock push ${name}`));

    const promoted = resultOf<Tagged>(await it.say(`/tag ${name} ${bed().registry.host}/${to}:1.4.2`));

    expect(promoted).toMatchObject({ where: 'registry', promotion: { way: 'blobs', copied: 0 }, failures: [] });
    expect(promoted.promotion?.mounted).toBeGreaterThan(1);
    expect(await digestOf(to, '1.4.2')).toBe(now);
  });
});
