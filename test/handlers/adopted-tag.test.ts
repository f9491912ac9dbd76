import { expect, it } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { authHeaders } from '../../src/docker/client/registry-auth.ts';
import type { PlannedResult } from '../../src/handlers/deploy/put.ts';
import { bed, container, describeWithEngine, SERVES, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const LONG = { cmd: SERVES, healthy: true };
const socket = () => bed().sockets[0] as string;

/** A repository whose `latest` is on the host, and a desk whose bot may fetch it. */
async function moving(more = {}) {
  const { registry } = bed();
  const { host, username, password } = registry;
  const path = `tags/${uniqueName('app')}`;
  const repository = `${host}/${path}`;
  const pull = () =>
    mustSend(socket(), {
      method: 'POST',
      path: `/images/create?fromImage=${repository}&tag=latest`,
      headers: authHeaders({ username, password, serverAddress: host }),
    });
  const publish = () => publishImage(socket(), registry, `${path}:latest`, [`LABEL salt=${uniqueName('salt')}`]);
  await publish();
  await pull();
  const desk = await openDesk({ one: socket() }, ['deploy'], {
    registries: { [host]: { username, password } },
    ...more,
  });
  return { desk, repository, publish, pull, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() };
}

const planned = async (desk: Desk, line: string) => resultOf<PlannedResult>(await desk.say(`${line} --plan`)).plan;

describeWithEngine('a container that no service names', { timeout: 90_000 }, () => {
  it('is deployed by its tag after that moved on, and so are others of the same', async () => {
    await using it = await moving();
    const { desk, repository } = it;
    const image = `${repository}:latest`;
    const { Id: id } = JSON.parse(await mustCall(socket(), 'GET', `/images/${image}/json`)) as { Id: string };
    await using web = await container(socket(), { ...LONG, image });
    await using second = await container(socket(), { ...LONG, image });
    await using byId = await container(socket(), { ...LONG, image: id });
    await using byDigits = await container(socket(), { ...LONG, image: id.replace('sha256:', '').slice(0, 12) });
    await it.publish();
    await it.pull();

    // A containerd image store forgets what an image was called with its last name.
    const { RepoDigests, RepoTags } = JSON.parse(await mustCall(socket(), 'GET', `/images/${id}/json`)) as {
      RepoDigests: string[] | null;
      RepoTags: string[] | null;
    };
    const isKnown = [...(RepoDigests ?? []), ...(RepoTags ?? [])].length > 0;
    const typed = [web, second];
    for (const { name } of isKnown ? [...typed, byId, byDigits] : typed)
      for (const said of ['latest', image])
        expect(await planned(desk, `/deploy ${name} ${said}`)).toMatchObject({ image: { repository, tag: 'latest' } });
    for (const { name } of isKnown ? [] : [byId, byDigits])
      expect(await desk.say(`/deploy ${name} ${image} --plan`)).toMatchObject({ reason: 'cannot_adopt' });
    desk.runner.start();
    expect(await desk.ended(await desk.ask(`/deploy ${web.name} latest`))).toMatchObject({
      one: { verdict: 'deployed' },
    });
    expect(await planned(desk, `/deploy ${second.name} latest`)).toMatchObject({ image: { repository } });
    await callEngine(socket(), 'DELETE', `/containers/${web.name}?force=true`);
  });

  it('needs the whole image when the host does not say which repository it is of, and is then deployed by it', async () => {
    await using it = await moving({
      adopt: [{ containers: ['*'], hosts: 'all', otherRepository: true }],
      guardrails: { require: [] },
    });
    const name = uniqueName('nameless');
    await makeImage(socket(), `${name}:1`);
    const { Id: id } = JSON.parse(await mustCall(socket(), 'GET', `/images/${name}:1/json`)) as { Id: string };
    await using web = await container(socket(), { ...LONG, image: id });
    await mustCall(socket(), 'POST', `/images/${name}:1/tag?repo=${name}-too&tag=1`);

    expect(await it.desk.say(`/deploy ${web.name} latest --plan`)).toMatchObject({
      kind: 'refused',
      reason: 'ambiguous',
    });
    expect(await planned(it.desk, `/deploy ${web.name} ${it.repository}:latest`)).toMatchObject({
      image: { repository: it.repository },
    });
    for (const one of [name, `${name}-too`]) await callEngine(socket(), 'DELETE', `/images/${one}:1`);
  });
});
