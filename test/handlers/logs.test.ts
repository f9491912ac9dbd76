import { expect, it } from 'vitest';
import type { LogsResult } from '../../src/handlers/containers/log/results.ts';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openDesk, resultOf } from './desk.ts';

const hosts = () => ({ one: bed().sockets[0] as string, two: bed().sockets[1] as string });
const DEAD = '/nowhere/engine.sock';

describeWithEngine('without a host, over several', () => {
  it('a log is looked for on all of them', async () => {
    await using desk = await openDesk({ ...hosts(), dead: DEAD }, ['logs']);
    await using ran = await container(hosts().two, { cmd: ['echo', 'found'], wait: true });

    const result = resultOf<LogsResult>(await desk.say(`/logs ${ran.name}`));

    expect(result.hosts).toMatchObject([{ host: 'two', lines: [{ text: 'found' }] }]);
    expect(result.failures).toMatchObject([{ host: 'dead' }]);
  });

  it('a name that is on several is asked back, with a button for each that keeps the rest of the line', async () => {
    await using desk = await openDesk({ ...hosts(), dead: DEAD }, ['logs']);
    const name = uniqueName('twice');
    await using _one = await container(hosts().one, { name, cmd: ['echo', '-v from one'], wait: true });
    await using _two = await container(hosts().two, { name, cmd: ['echo', '-v from two'], wait: true });

    const asked = await desk.say(`/logs ${name} -n 5 --grep "-v from"`);

    expect(asked).toMatchObject({
      kind: 'refused',
      reason: 'ambiguous',
      text: `\`${name}\` is on one and two. Which one? Not known: dead did not answer.`,
      choices: [{ label: 'one' }, { label: 'two' }],
    });
    const [, two] = asked.kind === 'refused' ? asked.choices : [];
    expect(resultOf<LogsResult>(await desk.say(two?.line ?? '')).hosts).toMatchObject([
      { host: 'two', lines: [{ text: '-v from two' }] },
    ]);
    expect(resultOf<LogsResult>(await desk.say(`/logs ${name} --on one,two`)).hosts).toHaveLength(2);
  });

  it('a service is found by its name when its container has that of its version, and the running one comes first', async () => {
    const live = uniqueName('live');
    const services = { shop: { image: 'registry.test/shop', hosts: 'all', container: { name: live } } };
    await using desk = await openDesk(hosts(), ['logs'], { services });
    const version = (deploy: string) => ({
      name: `${live}-${deploy.slice(-8).toLowerCase()}`,
      labels: { 'fairlead.deploy': deploy, 'fairlead.target': live },
    });
    const stays = 'trap "exit 0" TERM; echo "$0"; sleep 600 & wait';
    await using _old = await container(hosts().one, { name: live, cmd: ['echo', 'old'], wait: true });
    await using made = await container(hosts().one, { ...version('01JDNEW00000'), cmd: ['sh', '-c', stays, 'new'] });

    for (const said of [live, 'shop'])
      await expect
        .poll(async () => resultOf<LogsResult>(await desk.say(`/logs ${said}`)).hosts)
        .toMatchObject([{ host: 'one', container: made.name, lines: [{ text: 'new' }] }]);
  });

  it('one that goes by the name of its version is deployed by its own', async () => {
    await using desk = await openDesk(hosts(), ['deploy']);
    const live = uniqueName('live');
    const labels = { 'fairlead.deploy': '01JDNEW00000', 'fairlead.target': live };
    await using made = await container(hosts().one, { name: `${live}-new00000`, labels, cmd: ['sleep', '600'] });

    const plan = await desk.say(`/deploy ${live} sha256:${'a'.repeat(64)} --plan @one`);

    expect(JSON.stringify(plan)).toContain(`"containerName":"${made.name}"`);
  });

  it('a name that is nowhere gets the nearest there is, and who did not answer', async () => {
    await using desk = await openDesk({ ...hosts(), dead: DEAD }, ['logs']);
    await using ran = await container(hosts().two, { cmd: ['true'], wait: true });

    expect(await desk.say(`/logs ${ran.name}x`)).toMatchObject({
      kind: 'refused',
      reason: 'not_found',
      text: `There is no container \`${ran.name}x\` on one and two. Not known: dead did not answer.`,
      hint: `Did you mean \`${ran.name}\`?`,
    });
  });

  it('lists are over all of them', async () => {
    await using desk = await openDesk({ ...hosts(), dead: DEAD }, ['ps', 'images']);

    const ps = resultOf<PsResult>(await desk.say('/ps'));

    expect(ps.hosts.map(({ host }) => host)).toEqual(['one', 'two']);
    expect(ps.failures.map(({ host }) => host)).toEqual(['dead']);
  });

  it('a change asks first', async () => {
    await using desk = await openDesk(hosts(), ['prune']);

    expect(await desk.say('/prune volumes nothing')).toMatchObject({
      kind: 'refused',
      reason: 'host_needed',
      choices: [
        { label: 'all', line: 'prune --on all volumes nothing' },
        { label: 'one', line: 'prune --on one volumes nothing' },
        { label: 'two' },
      ],
    });
  });
});
