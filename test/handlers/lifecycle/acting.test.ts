import { expect, it } from 'vitest';
import { callEngine } from '../../../playground/engine/api.ts';
import type { ActedResult, ActingReport, AskedResult } from '../../../src/handlers/lifecycle/types.ts';
import { bed, container, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openDesk, resultOf } from '../desk.ts';

const ACTIONS = ['start', 'stop', 'restart', 'logs'];

const socket = (index = 0) => bed().sockets[index] ?? '';
const desk = (more = {}) => openDesk({ one: socket() }, ACTIONS, more);

interface State {
  readonly Status: string;
  readonly StartedAt: string;
  readonly ExitCode: number;
}

async function stateOf(id: string): Promise<State> {
  const { text } = await callEngine(socket(), 'GET', `/containers/${id}/json`);
  return (JSON.parse(text) as { State: State }).State;
}

const only = (result: ActedResult) => result.hosts[0]?.containers[0];

/** Ends on the stop signal at once, as a shell that is process 1 does not by itself. */
const OBEDIENT = ['sh', '-c', 'trap "exit 3" TERM; while :; do sleep 0.1; done'];
const DEAF = ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'];

describeWithEngine('start, stop and restart', () => {
  it('stop a container with its exit code, and say so when it is stopped already', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: OBEDIENT });

    const first = resultOf<ActedResult>(await it.say(`dock stop ${shop.name}`));
    const again = resultOf<ActedResult>(await it.say(`dock stop ${shop.id.slice(0, 12)}`));

    expect(only(first)).toMatchObject({ verdict: 'done', id: shop.id, said: expect.stringContaining('code 3') });
    expect(await stateOf(shop.id)).toMatchObject({ Status: 'exited', ExitCode: 3 });
    expect(only(again)).toMatchObject({ verdict: 'unchanged', said: 'is exited already' });
  });

  it('find the one host that has the container, and ask which when several have it', async () => {
    await using it = await openDesk({ one: socket(), two: socket(1) }, ACTIONS);
    await using shop = await container(socket(), { cmd: OBEDIENT });
    const name = uniqueName('both');
    await using first = await container(socket(), { name, cmd: OBEDIENT });
    await using second = await container(socket(1), { name, cmd: OBEDIENT });

    expect(only(resultOf<ActedResult>(await it.say(`dock stop ${shop.name}`)))).toMatchObject({ id: shop.id });
    expect(await it.say(`dock stop ${name}`)).toMatchObject({
      reason: 'ambiguous',
      choices: [{ label: 'one' }, { label: 'two' }],
    });
    expect((await stateOf(first.id)).Status).toBe('running');
    expect(resultOf<ActedResult>(await it.say(`dock stop ${name} @two`)).hosts).toMatchObject([
      { host: 'two', containers: [{ id: second.id }] },
    ]);
  });

  it('says that a container was killed since it did not stop in the time it was given', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: DEAF });

    const result = resultOf<ActedResult>(await it.say(`docker stop -t 1 ${shop.name}`));

    expect(only(result)).toMatchObject({ verdict: 'done', said: expect.stringMatching(/killed after 1 s.*SIGTERM/u) });
  });

  it('starts and restarts containers, and waits until they are healthy', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: ['sleep', '600'], start: false });
    const reports: ActingReport[] = [];

    const started = resultOf<ActedResult>(
      await it.watch(`dock start ${shop.name}`, (report) => void reports.push(report as ActingReport)),
    );
    const { StartedAt } = await stateOf(shop.id);
    const restarted = resultOf<ActedResult>(await it.say(`dock restart -t 0 ${shop.name}`));

    expect(only(started)).toMatchObject({ verdict: 'done', said: expect.stringContaining('has been running for') });
    expect(reports.flatMap(({ hosts }) => hosts[0]?.containers[0]?.words ?? [])).toContain('starting');
    expect(only(restarted)).toMatchObject({ verdict: 'done' });
    expect((await stateOf(shop.id)).StartedAt).not.toBe(StartedAt);
    expect(only(resultOf<ActedResult>(await it.say(`dock start ${shop.name}`)))).toMatchObject({
      verdict: 'unchanged',
    });
  });

  it('stops a restart of several at the first that does not come back, and says why', async () => {
    await using it = await desk();
    const crash = 'test -e /tmp/once && echo boom on restart && exit 7; touch /tmp/once; exec sleep 600';
    await using bad = await container(socket(), { cmd: ['sh', '-c', crash] });
    await using good = await container(socket(), { cmd: ['sleep', '600'] });
    const before = await stateOf(good.id);

    const result = resultOf<ActedResult>(await it.say(`dock restart -t 0 ${bad.name} ${good.name}`));

    expect(result.hosts[0]?.containers.map(({ verdict }) => verdict)).toEqual(['failed', 'skipped']);
    expect(only(result)?.said).toMatch(/exited with code 7/u);
    expect(JSON.stringify(only(result)?.why?.diagnosis)).toContain('boom on restart');
    expect(await stateOf(good.id)).toEqual(before);
    expect(result.failures).toHaveLength(1);
  });

  it('restarts one host after the other, and leaves the next alone when one does not come back', async () => {
    const [one, two] = bed().sockets as [string, string];
    const name = uniqueName('shop');
    const service = {
      image: 'docker.io/library/busybox',
      hosts: 'all',
      rollout: { stableFor: '1s', healthyWithin: '5s' },
    };
    await using it = await openDesk({ one, two }, ACTIONS, { services: { [name]: service } });
    const crash = 'test -e /tmp/once && exit 7; touch /tmp/once; exec sleep 600';
    await using _ = await container(one, { name, cmd: ['sh', '-c', crash] });
    await using second = await container(two, { name, cmd: ['sleep', '600'] });
    const { text: before } = await callEngine(two, 'GET', `/containers/${second.id}/json`);

    // Without a host: all those of the service.
    const result = resultOf<ActedResult>(await it.say(`dock restart -t 0 ${name}`));

    expect(result.hosts.map(({ host, containers }) => [host, containers[0]?.verdict])).toEqual([
      ['one', 'failed'],
      ['two', 'skipped'],
    ]);
    expect((await callEngine(two, 'GET', `/containers/${second.id}/json`)).text).toBe(before);
  });

  it('asks first when another container shares its network, and does it once that is confirmed', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: OBEDIENT });
    await using side = await container(socket(), {
      cmd: ['sleep', '600'],
      hostConfig: { NetworkMode: `container:${shop.id}` },
    });

    const asked = resultOf<AskedResult>(await it.say(`dock stop ${shop.name}`));
    const untouched = await stateOf(shop.id);
    const acted = resultOf<ActedResult>(await it.say(`dock approve ${asked.id}`));

    expect(asked.kind).toBe('lifecycle-asked');
    expect(asked.hosts[0]?.targets[0]?.affected).toEqual([
      { id: side.id, name: side.name, how: expect.stringContaining('shares the network of') },
    ]);
    expect(untouched.Status).toBe('running');
    expect(only(acted)).toMatchObject({ verdict: 'done', id: shop.id });
    expect(await stateOf(shop.id)).toMatchObject({ Status: 'exited' });
    expect(await stateOf(side.id)).toMatchObject({ Status: 'running' });
  });

  it('asks first when a container of the same Compose project depends on it', async () => {
    await using it = await desk();
    const project = uniqueName('demo');
    const labels = (service: string, needs = '') => ({
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      'com.docker.compose.depends_on': needs,
    });
    await using db = await container(socket(), { cmd: OBEDIENT, labels: labels('db') });
    await using web = await container(socket(), {
      cmd: ['sleep', '600'],
      labels: labels('web', 'db:service_healthy:true'),
    });

    const asked = resultOf<AskedResult>(await it.say(`dock stop ${db.name}`));

    expect(asked.hosts[0]?.targets[0]?.affected).toMatchObject([{ id: web.id }]);
  });

  it('refuses what was approved once the container was replaced, and touches nothing', async () => {
    const rule = { commands: ['stop'], hosts: 'all', from: ['oncall'] };
    await using it = await desk({ groups: { oncall: { people: ['U0OPS1'] } }, approvals: [rule] });
    const name = uniqueName('shop');
    const first = await container(socket(), { cmd: ['sleep', '600'], name });
    const asked = resultOf<AskedResult>(await it.say(`dock stop ${name}`));
    await first[Symbol.asyncDispose]();
    await using second = await container(socket(), { cmd: ['sleep', '600'], name });

    const own = await it.say(`dock approve ${asked.id}`);
    const stale = await it.say(`dock approve ${asked.id}`, 'U0OPS1');

    expect(asked.from.map(({ name: group }) => group)).toEqual(['oncall']);
    expect(own).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
    expect(stale).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(await it.store.approvals.get(asked.id)).toMatchObject({
      state: 'stale',
      reason: expect.stringContaining('removed'),
    });
    expect(await it.notes()).toMatchObject([{ kind: 'stale', requestedBy: 'U0DEV1', line: `stop ${name}` }]);
    expect(await it.say(`dock approve ${asked.id}`, 'U0OPS1')).toMatchObject({ reason: 'already_decided' });
    expect(await stateOf(second.id)).toMatchObject({ Status: 'running' });
  });

  it("respects another person's lock, and an approval rule for the service whatever the container is typed as", async () => {
    const name = uniqueName('shop');
    await using it = await desk({
      services: { [name]: { image: 'docker.io/library/busybox', hosts: 'one' } },
      groups: { oncall: { people: ['U0OPS1'] } },
      approvals: [{ commands: ['restart'], hosts: 'all', services: [name], from: ['oncall'] }],
    });
    await using shop = await container(socket(), { cmd: ['sleep', '600'], name });

    const byId = resultOf<AskedResult>(await it.say(`dock restart ${shop.id.slice(0, 12)}`));
    const at = Date.now();
    const lock = {
      service: name,
      owner: 'U0OPS1',
      reason: 'mine',
      channel: 'C0TEAM',
      at,
      until: at + 60_000,
      remindAt: at,
    };
    await it.store.locks.acquire(lock);
    const locked = await it.say(`dock stop ${name}`);

    expect(byId).toMatchObject({ kind: 'lifecycle-asked', from: [{ name: 'oncall' }] });
    expect(locked).toMatchObject({ kind: 'refused', reason: 'locked' });
    expect(await stateOf(shop.id)).toMatchObject({ Status: 'running' });
    expect(byId.hosts[0]?.targets[0]?.service).toBe(name);
  });
});
