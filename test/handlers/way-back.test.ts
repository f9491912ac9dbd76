import { expect, it } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../playground/engine/api.ts';
import { authHeaders } from '../../src/docker/client/registry-auth.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import type { VersionsResult } from '../../src/handlers/deploy/planning/versions.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const sockets = () => bed().sockets.slice(0, 2) as [string, string];
const COMMAND = ['sh', '-c', "trap 'exit 0' TERM; sleep 600 & wait"];
const SERVE = `CMD ${JSON.stringify(COMMAND)}`;

/** A service on two hosts with versions in a registry and on both hosts, and nothing deployed through Fairlead yet. */
async function open(tags: readonly string[]) {
  const { registry } = bed();
  const { host, username, password } = registry;
  const header = authHeaders({ username, password, serverAddress: host });
  const path = `way-back/${uniqueName('shop')}`;
  const repository = `${host}/${path}`;
  const name = uniqueName('shop');
  const [one, two] = sockets();
  const publish = async (tag: string, salt = tag) => {
    await publishImage(one, registry, `${path}:${tag}`, [SERVE, `LABEL salt=${name}-${salt}`]);
    for (const socket of [one, two])
      await mustSend(socket, {
        method: 'POST',
        path: `/images/create?fromImage=${repository}&tag=${tag}`,
        headers: header,
      });
  };
  for (const tag of tags) await publish(tag);
  const desk = await openDesk({ one, two }, ['deploy', 'rollback', 'prune'], {
    registries: { [host]: { username, password } },
    guardrails: { require: [] },
    services: {
      [name]: {
        image: repository,
        hosts: 'all',
        container: { name },
        rollout: { healthyWithin: '15s', stableFor: '0.1s' },
      },
    },
  });
  desk.runner.start();
  const removeAll = async (socket: string) => {
    const filters = encodeURIComponent(JSON.stringify({ name: [name] }));
    const { text } = await callEngine(socket, 'GET', `/containers/json?all=true&filters=${filters}`);
    for (const { Id } of JSON.parse(text) as { Id: string }[])
      await callEngine(socket, 'DELETE', `/containers/${Id}?force=true&v=true`);
  };
  return {
    desk,
    name,
    repository,
    publish,
    digestOf: async (tag: string) => {
      const { RepoDigests } = JSON.parse(await mustCall(one, 'GET', `/images/${repository}:${tag}/json`)) as {
        RepoDigests: string[];
      };
      return RepoDigests.find((item) => item.startsWith(`${repository}@`))?.split('@')[1] ?? '';
    },
    byHand: (socket: string, image: string) => container(socket, { name, image, cmd: COMMAND }),
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await Promise.all(sockets().map(removeAll));
    },
  };
}

const versions = async (desk: Desk, line: string) => resultOf<VersionsResult>(await desk.say(line)).versions;
const deployed = { one: { verdict: 'deployed' }, two: { verdict: 'deployed' } };

describeWithEngine('what ran before the first deploy', { timeout: 90_000 }, () => {
  it('is a version to return to, by list and by tag, and so is what ran before that', async () => {
    await using it = await open(['1.4.0', '1.5.0']);
    expect(await it.desk.say(`/deploy ${it.name} v1.5.0`)).toMatchObject({
      kind: 'refused',
      choices: [{ label: '1.5.0', line: `deploy ${it.name} 1.5.0` }],
    });
    const { desk, name, repository } = it;
    for (const socket of sockets()) await it.byHand(socket, `${repository}:1.4.0`);

    expect(await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`))).toMatchObject(deployed);

    expect(await versions(desk, `/rollback ${name}`)).toMatchObject([
      { tag: '1.5.0', by: 'U0DEV1', running: ['one', 'two'] },
      { tag: '1.4.0', by: undefined, hosts: ['one', 'two'], running: [], gone: [], lost: false },
    ]);
    expect(await desk.ended(await desk.ask(`/rollback ${name} 1.4.0`))).toMatchObject(deployed);
    expect(await versions(desk, `/rollback ${name}`)).toMatchObject([
      { tag: '1.4.0', running: ['one', 'two'] },
      { tag: '1.5.0', running: [] },
    ]);
    expect(await desk.ended(await desk.ask(`/rollback ${name} 1.5.0`))).toMatchObject(deployed);
  });

  it('is a version of each host, where hosts ran different ones', async () => {
    await using it = await open(['1.4.0', '1.4.1', '1.5.0']);
    const { desk, name, repository } = it;
    const [one, two] = sockets();
    await it.byHand(one, `${repository}:1.4.0`);
    await it.byHand(two, `${repository}:1.4.1`);

    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));

    const found = await versions(desk, `/rollback ${name}`);
    expect(found.map(({ tag, hosts }) => [tag, hosts])).toEqual(
      expect.arrayContaining([
        ['1.4.0', ['one']],
        ['1.4.1', ['two']],
      ]),
    );
    expect(await desk.ended(await desk.ask(`/rollback ${name} 1.4.1 --on two`))).toMatchObject({
      two: { verdict: 'deployed' },
    });
  });

  it('is named by its digest where somebody ran it by image id or by digest, and its tag is gone', async () => {
    await using it = await open(['1.4.0', '1.5.0']);
    const { desk, name, repository } = it;
    const [one, two] = sockets();
    const digest = await it.digestOf('1.4.0');
    const { Id: id } = JSON.parse(await mustCall(one, 'GET', `/images/${repository}:1.4.0/json`)) as { Id: string };
    await it.byHand(one, id);
    await it.byHand(two, `${repository}@${digest}`);
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));

    expect(await versions(desk, `/rollback ${name}`)).toContainEqual(
      expect.objectContaining({ digest, hosts: ['one', 'two'] }),
    );
    const short = digest.slice(7, 19);
    expect(resultOf<PlannedResult>(await desk.say(`/rollback ${name} ${short} --plan`)).plan.image).toMatchObject({
      repository,
      digest,
    });
  });

  it('is a version to return to where its tag has moved to a newer image since', async () => {
    await using it = await open(['latest', '1.5.0']);
    const { desk, name, repository } = it;
    const digest = await it.digestOf('latest');
    for (const socket of sockets()) await it.byHand(socket, `${repository}:latest`);
    await it.publish('latest', 'newer');
    expect(await it.digestOf('latest')).not.toBe(digest);

    const { plan } = resultOf<PlannedResult>(await desk.say(`/deploy ${name} 1.5.0 --plan`));
    expect(plan.hosts.map(({ now }) => now?.digest)).toEqual([digest, digest]);
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));

    expect(await versions(desk, `/rollback ${name}`)).toContainEqual(
      expect.objectContaining({ digest, tag: 'latest', hosts: ['one', 'two'], lost: false }),
    );
    expect(await desk.ended(await desk.ask(`/rollback ${name} ${digest.slice(7, 19)}`))).toMatchObject(deployed);
  });

  it('is what somebody put there by hand between two deploys', async () => {
    await using it = await open(['1.4.0', '1.4.1', '1.5.0']);
    const { desk, name, repository } = it;
    await desk.ended(await desk.ask(`/deploy ${name} 1.4.0`));
    for (const socket of sockets()) {
      await mustCall(socket, 'DELETE', `/containers/${name}?force=true`);
      await it.byHand(socket, `${repository}:1.4.1`);
    }
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));

    const found = await versions(desk, `/rollback ${name}`);
    expect(found.map(({ tag, by }) => [tag, by])).toEqual([
      ['1.5.0', 'U0DEV1'],
      ['1.4.1', undefined],
      ['1.4.0', 'U0DEV1'],
    ]);
  });

  it('is not offered when it was unhealthy or crashed again and again, and the plan says so', async () => {
    await using it = await open(['1.4.0', '1.5.0']);
    const { desk, name, repository } = it;
    const [one, two] = sockets();
    const restart = { RestartPolicy: { Name: 'always' } };
    await container(one, { name, image: `${repository}:1.4.0`, cmd: ['false'], hostConfig: restart });
    await container(two, { name, image: `${repository}:1.4.0`, cmd: COMMAND, start: false });
    const restarts = async () =>
      (JSON.parse(await mustCall(one, 'GET', `/containers/${name}/json`)) as { RestartCount: number }).RestartCount;
    await expect.poll(restarts, { timeout: 20_000 }).toBeGreaterThan(0);

    const { plan } = resultOf<PlannedResult>(await desk.say(`/deploy ${name} 1.5.0 --plan`));
    expect(plan.hosts.map(({ now }) => now?.served)).toEqual([
      { why: 'it keeps restarting' },
      { why: 'it is `created`, not running' },
    ]);
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));
    expect((await versions(desk, `/rollback ${name}`)).map(({ tag }) => tag)).toEqual(['1.5.0']);
  });

  it('keeps its image from a prune after its container has gone', async () => {
    await using it = await open(['1.4.0', '1.5.0', '1.6.0']);
    const { desk, name, repository } = it;
    for (const socket of sockets()) await it.byHand(socket, `${repository}:1.4.0`);
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));
    const [one] = sockets();
    await mustCall(one, 'DELETE', `/containers/${await kept(one, name)}?force=true`);

    const { hosts } = resultOf<PreviewResult>(await desk.say('/prune images -a --on one'));
    const offered = hosts.flatMap(({ candidates }) => candidates.map(({ label }) => label));
    expect(offered).not.toContain(`${repository}:1.4.0`);
    expect(offered).toContain(`${repository}:1.6.0`);
  });

  it('is returned to after its registry has lost it, and refused before asking when its host has lost it too', async () => {
    await using it = await open(['1.4.0', '1.5.0']);
    const { desk, name, repository } = it;
    const [one, two] = sockets();
    for (const socket of sockets()) await it.byHand(socket, `${repository}:1.4.0`);
    const digest = await it.digestOf('1.4.0');
    await desk.ended(await desk.ask(`/deploy ${name} 1.5.0`));
    await forget(repository, digest);

    expect(await desk.ended(await desk.ask(`/rollback ${name} 1.4.0 --on one`))).toMatchObject({
      one: { verdict: 'deployed' },
    });
    await mustCall(two, 'DELETE', `/containers/${await kept(two, name)}?force=true`);
    await mustCall(two, 'DELETE', `/images/${repository}@${digest}?force=true`).catch(() => undefined);
    await callEngine(two, 'DELETE', `/images/${repository}:1.4.0?force=true`);

    expect(await versions(desk, `/rollback ${name} --on two`)).toContainEqual(
      expect.objectContaining({ digest, gone: ['two'], lost: true }),
    );
    expect(await desk.say(`/rollback ${name} 1.4.0 --on two`)).toMatchObject({
      kind: 'refused',
      reason: 'not_found',
      text: expect.stringContaining('neither there nor in the registry'),
    });
    await callEngine(one, 'DELETE', `/images/${repository}:1.4.0?force=true`);
  });
});

/** The id of the container that was set aside. */
async function kept(socket: string, name: string): Promise<string | undefined> {
  const { text } = await callEngine(socket, 'GET', '/containers/json?all=true');
  const all = JSON.parse(text) as { Id: string; Names: string[] }[];
  return all.find(({ Names }) => Names.some((at) => at.startsWith(`/${name}.prev-`)))?.Id;
}

/** Removes a manifest from the registry. */
async function forget(repository: string, digest: string): Promise<void> {
  const { host, username, password } = bed().registry;
  const path = repository.slice(host.length + 1);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const url = `http://${host}/v2/${path}/manifests/${digest}`;
  const { status } = await fetch(url, { method: 'DELETE', headers: { authorization } });
  expect(status).toBe(202);
}
