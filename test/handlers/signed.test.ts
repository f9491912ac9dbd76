import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { RunReport } from '../../src/handlers/containers/run/results.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import type { PullOutcome } from '../../src/handlers/images/pull.ts';
import { bed, container, describeWithEngine, SERVES, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { TEAM } from '../proof/forging.ts';
import { push } from '../proof/push.ts';
import { serveShop } from '../proof/served.ts';
import { Shop } from '../proof/shop.ts';
import { type Layout, signed } from '../proof/sign.ts';
import { createWorld, type World } from '../proof/world.ts';
import { serve } from '../registry/server.ts';
import { openDesk, resultOf } from './desk.ts';

const COMMANDS = ['pull', 'run', 'deploy', 'rollback'];
const socket = () => bed().sockets[0] as string;
let world: World;
let folder = '';
let root = '';

beforeAll(async () => {
  world = await createWorld();
  folder = mkdtempSync(join(tmpdir(), 'fairlead-signed-'));
  root = join(folder, 'root.json');
  writeFileSync(root, world.root());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verifying = (host: string) => ({
  verify: [{ images: [`${host}/**`], signers: [{ issuer: TEAM.issuer, identity: TEAM.subject }], trustedRoot: root }],
});

/** A repository of the bed's registry, Distribution 2.8: with `v1`, which is not signed yet. */
async function repository() {
  const { registry } = bed();
  const { host, username, password } = registry;
  const path = uniqueName('signed');
  const shop = new Shop();
  const digest = shop.image(uniqueName('one'));
  shop.tag('v1', digest);
  const publish = () => push(shop.content, { ...registry, path });
  await publish();
  const desk = await openDesk({ one: socket() }, COMMANDS, {
    registries: { [host]: { username, password } },
    images: verifying(host),
    adopt: [{ containers: ['*'], hosts: 'all', otherRepository: true }],
    guardrails: { require: [] },
  });
  return {
    desk,
    shop,
    digest,
    publish,
    image: `${host}/${path}:v1`,
    name: `${host}/${path}`,
    async sign(layout: Layout) {
      shop.sign(digest, await signed({ layout, digest, world, by: TEAM }));
      shop.fallBack();
      await publish();
    },
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
}

const isThere = async (image: string) => (await callEngine(socket(), 'GET', `/images/${image}/json`)).status === 200;
const refusal = { kind: 'refused', reason: 'not_verified' };

describeWithEngine('an image that has to be signed', { timeout: 60_000 }, () => {
  it('comes onto no host and into no plan while it is not', async () => {
    await using it = await repository();
    const { desk, image } = it;
    await using web = await container(socket(), { cmd: ['sleep', '600'] });

    expect(await desk.say(`/pull ${image} @one`)).toMatchObject(refusal);
    expect(await desk.say(`/run -d -m 64m ${image} @one`)).toMatchObject(refusal);
    expect(await desk.say(`/deploy ${web.name} ${image} --plan`)).toMatchObject(refusal);
    expect(await isThere(image)).toBe(false);
  });

  it.each(['bundle', 'tag', 'attestation'] as const)('is pulled, run and planned when it is: %s', async (layout) => {
    await using it = await repository();
    const { desk, image, digest, name } = it;
    await it.sign(layout);
    const by = { kind: 'keyless', identity: TEAM.subject };

    const pulled = resultOf<PullOutcome>(await desk.say(`/pull ${image} @one`));
    expect(pulled).toMatchObject({ failures: [], signed: { by }, hosts: [{ pulled: { digest } }] });
    expect(JSON.parse(await mustCall(socket(), 'GET', `/images/${image}/json`))).toMatchObject({
      // A containerd image store lists digests among the tags.
      RepoTags: expect.arrayContaining([image]),
      RepoDigests: [`${name}@${digest}`],
    });
    // There is no program in it, so that it is refused where it starts, and not before.
    const ran = resultOf<RunReport>(await desk.say(`/run -d -m 64m ${image} @one`));
    expect(ran).toMatchObject({ state: { at: 'refused' }, signed: { by } });
    const { Config } = JSON.parse(await mustCall(socket(), 'GET', `/containers/${ran.name}/json`)) as {
      Config: { Image: string };
    };
    expect(Config.Image).toBe(`${name}@${digest}`);
    await callEngine(socket(), 'DELETE', `/containers/${ran.name}?force=true`);
  });

  it('is refused when its tag was moved to one that is not', async () => {
    await using it = await repository();
    const { desk, image, shop } = it;
    await it.sign('tag');
    resultOf<PullOutcome>(await desk.say(`/pull ${image} @one`));
    shop.tag('v1', shop.image(uniqueName('evil')));
    await it.publish();

    expect(await desk.say(`/pull ${image} @one`)).toMatchObject(refusal);
  });

  it('is pulled as it was verified, though its tag moves in between', async () => {
    const shop = new Shop();
    const digest = shop.image(uniqueName('one'));
    shop.tag('v1', digest);
    shop.sign(digest, await signed({ layout: 'tag', digest, world, by: TEAM }));
    const evil = shop.image(uniqueName('evil'));
    const listener = serveShop(() => shop);
    await using registry = await serve((request, response) => {
      // Its signature has been asked for, so what is pulled is decided.
      if (request.url?.endsWith('.sig')) shop.tag('v1', evil);
      if (request.url === '/v2/') response.writeHead(200).end('{}');
      else listener(request, response);
    });
    await using desk = await openDesk({ one: socket() }, COMMANDS, {
      registries: { [registry.host]: {} },
      images: verifying(registry.host),
    });
    const image = `${registry.host}/shop:v1`;

    resultOf<PullOutcome>(await desk.say(`/pull ${image} @one`));

    const { RepoDigests } = JSON.parse(await mustCall(socket(), 'GET', `/images/${image}/json`)) as {
      RepoDigests: string[];
    };
    expect(RepoDigests).toEqual([`${registry.host}/shop@${digest}`]);
    expect(await desk.say(`/pull ${image} @one`)).toMatchObject(refusal);
  });

  it('is not run from a host where somebody only gave another image its name', async () => {
    await using it = await repository();
    const { desk, image, name } = it;
    await it.sign('tag');
    await mustCall(socket(), 'POST', `/images/busybox:1.0/tag?repo=${name}&tag=v1`);

    expect(await desk.say(`/run -d -m 64m ${image} true @one`)).toMatchObject(refusal);
    await callEngine(socket(), 'DELETE', `/images/${image}`);
  });

  it('is planned with who signed and built it, and that is stored', async () => {
    await using it = await repository();
    const { desk, name, image } = it;
    await it.sign('bundle');
    resultOf<PullOutcome>(await desk.say(`/pull ${image} @one`));
    await using web = await container(socket(), { cmd: ['sleep', '600'] });

    const { plan } = resultOf<PlannedResult>(await desk.say(`/deploy ${web.name} ${image} --plan`));
    expect(plan).toMatchObject({
      image: { repository: name },
      proof: {
        by: { kind: 'keyless', issuer: TEAM.issuer },
        built: { repository: TEAM.repository, commit: TEAM.commit },
      },
    });
  });

  it('is deployed when it is signed, and the plan is verified again before it begins', async () => {
    await using it = await repository();
    const { registry } = bed();
    const { desk, name, shop } = it;
    const path = name.slice(registry.host.length + 1);
    await publishImage(socket(), registry, `${path}:v2`, ['CMD ["sleep", "600"]']);
    const authorization = `Basic ${Buffer.from(`${registry.username}:${registry.password}`).toString('base64')}`;
    const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
    const head = await fetch(`http://${registry.host}/v2/${path}/manifests/v2`, {
      method: 'HEAD',
      headers: { authorization, accept },
    });
    const digest = head.headers.get('docker-content-digest') ?? '';
    await using web = await container(socket(), { cmd: SERVES, healthy: true });

    expect(await desk.say(`/deploy ${web.name} ${name}:v2`)).toMatchObject(refusal);
    shop.sign(digest, await signed({ layout: 'tag', digest, world, by: TEAM }));
    await it.publish();
    const card = await desk.ask(`/deploy ${web.name} ${name}:v2`);
    desk.runner.start();

    expect(await desk.ended(card)).toMatchObject({ one: { verdict: 'deployed' } });
    await callEngine(socket(), 'DELETE', `/containers/${web.name}?force=true&v=true`);
  });
});
