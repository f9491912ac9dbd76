import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import type { ActedResult, AskedResult } from '../../../src/handlers/lifecycle/types.ts';
import { bed, container, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openDesk, resultOf } from '../desk.ts';

const ACTIONS = ['kill', 'pause', 'unpause', 'rename', 'rm'];

const socket = () => bed().sockets[0] ?? '';
const desk = (more = {}) => openDesk({ one: socket() }, ACTIONS, more);
const only = (result: ActedResult) => result.hosts[0]?.containers[0];
const target = (result: AskedResult) => result.hosts[0]?.targets[0];
const status = async (path: string) => (await callEngine(socket(), 'GET', path)).status;

interface Inspected {
  readonly Name: string;
  readonly State: { readonly Status: string };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
}

const inspect = async (id: string) =>
  JSON.parse(await mustCall(socket(), 'GET', `/containers/${id}/json`)) as Inspected;

describeWithEngine('kill, pause, unpause and rename', () => {
  it('kills with a signal by name or number, and says how the container ended', async () => {
    await using it = await desk();
    const trap = ['sh', '-c', 'trap "touch /tmp/hup" HUP; while :; do sleep 0.1; done'];
    await using shop = await container(socket(), { cmd: trap });

    const hup = resultOf<ActedResult>(await it.say(`dock kill -s hup ${shop.name}`));
    const killed = resultOf<ActedResult>(await it.say(`docker kill --signal=9 ${shop.name}`));
    const again = resultOf<ActedResult>(await it.say(`dock kill ${shop.name}`));
    const wrong = await it.say(`dock kill -s NOPE ${shop.name}`);

    expect(only(hup)).toMatchObject({ verdict: 'done', said: 'got SIGHUP, and is running' });
    expect(only(killed)).toMatchObject({ verdict: 'done', said: 'ended by SIGKILL with exit code 137' });
    expect(only(again)).toMatchObject({ verdict: 'unchanged' });
    expect(wrong).toMatchObject({ kind: 'refused', reason: 'bad_input' });
  });

  it('pauses and unpauses, and says what is so already', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: ['sleep', '600'] });
    const verdicts: (string | undefined)[] = [];
    for (const action of ['pause', 'pause', 'unpause', 'unpause'])
      verdicts.push(only(resultOf<ActedResult>(await it.say(`dock ${action} ${shop.name}`)))?.verdict);

    expect(verdicts).toEqual(['done', 'unchanged', 'done', 'unchanged']);
    expect((await inspect(shop.id)).State.Status).toBe('running');
  });

  it('renames, but neither onto another container nor into or out of a service', async () => {
    const [service, other] = [uniqueName('shop'), uniqueName('other')];
    await using it = await desk({ services: { [service]: { image: 'docker.io/library/busybox', hosts: 'one' } } });
    await using shop = await container(socket(), { cmd: ['sleep', '600'] });
    await using _ = await container(socket(), { cmd: ['true'], name: other, start: false });
    const to = uniqueName('renamed');

    const taken = await it.say(`dock rename ${shop.name} ${other} @one`);
    const managed = await it.say(`dock rename ${shop.name} ${service} @one`);
    const done = resultOf<ActedResult>(await it.say(`dock rename ${shop.name} ${to} @one`));
    await using __ = await container(socket(), { cmd: ['true'], name: service, start: false });
    const away = await it.say(`dock rename ${service} ${uniqueName('x')} @one`);

    expect([taken, managed, away].map((answer) => answer.kind === 'refused' && answer.reason)).toEqual([
      'conflict',
      'conflict',
      'conflict',
    ]);
    expect(only(done)).toMatchObject({ verdict: 'done', id: shop.id });
    expect((await inspect(shop.id)).Name).toBe(`/${to}`);
  });
});

describeWithEngine('rm', () => {
  it('removes a stopped container at once, keeps its volumes, and says which', async () => {
    await using it = await desk();
    const volume = uniqueName('data');
    await using old = await container(socket(), {
      cmd: ['true'],
      start: false,
      hostConfig: { NetworkMode: 'none', Binds: [`${volume}:/data`], Mounts: [{ Type: 'volume', Target: '/cache' }] },
    });
    const anonymous =
      (await inspect(old.id)).Mounts.find(({ Destination }) => Destination === '/cache')?.Name ?? 'none';

    const result = resultOf<ActedResult>(await it.say(`dock rm ${old.name}`));

    expect(only(result)).toMatchObject({ verdict: 'done', said: 'removed' });
    expect(only(result)?.notes).toEqual([
      expect.stringContaining(volume),
      expect.stringContaining(anonymous.slice(0, 12)),
    ]);
    expect(await status(`/containers/${old.id}/json`)).toBe(404);
    expect([await status(`/volumes/${volume}`), await status(`/volumes/${anonymous}`)]).toEqual([200, 200]);
    for (const name of [volume, anonymous]) await mustCall(socket(), 'DELETE', `/volumes/${name}`);
  });

  it('with -v names the anonymous volumes first, then removes those and no named one', async () => {
    await using it = await desk();
    const volume = uniqueName('data');
    await using old = await container(socket(), {
      cmd: ['true'],
      start: false,
      hostConfig: { NetworkMode: 'none', Binds: [`${volume}:/data`], Mounts: [{ Type: 'volume', Target: '/cache' }] },
    });
    const anonymous =
      (await inspect(old.id)).Mounts.find(({ Destination }) => Destination === '/cache')?.Name ?? 'none';

    const asked = resultOf<AskedResult>(await it.say(`docker rm -v ${old.name}`));
    const there = await status(`/volumes/${anonymous}`);
    await it.say(`dock approve ${asked.id}`);

    expect(target(asked)?.volumes).toEqual([anonymous]);
    expect(there).toBe(200);
    expect([await status(`/volumes/${volume}`), await status(`/volumes/${anonymous}`)]).toEqual([200, 404]);
    await mustCall(socket(), 'DELETE', `/volumes/${volume}`);
  });

  it('refuses a running one without -f, asks with it, and refuses what is labelled to be kept', async () => {
    await using it = await desk();
    await using shop = await container(socket(), { cmd: ['sleep', '600'] });
    await using kept = await container(socket(), { cmd: ['true'], start: false, labels: { 'fairlead.keep': '1' } });

    const running = await it.say(`docker rm ${shop.name}`);
    const asked = resultOf<AskedResult>(await it.say(`docker rm -f ${shop.name}`));
    const acted = resultOf<ActedResult>(await it.say(`dock approve ${asked.id}`));
    const labelled = await it.say(`dock rm -f ${kept.name}`);

    expect(running).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(target(asked)?.cautions).toEqual([expect.stringContaining('SIGKILL')]);
    expect(only(acted)).toMatchObject({ verdict: 'done', id: shop.id });
    expect(labelled).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(await status(`/containers/${kept.id}/json`)).toBe(200);
  });

  it('does not kill what was started between the plan and the approval', async () => {
    const rule = { commands: ['rm'], hosts: 'all', from: ['oncall'] };
    await using it = await desk({ groups: { oncall: { people: ['U0OPS1'] } }, approvals: [rule] });
    await using shop = await container(socket(), { cmd: ['sleep', '600'], start: false });

    const asked = resultOf<AskedResult>(await it.say(`dock rm -f ${shop.name}`));
    await mustCall(socket(), 'POST', `/containers/${shop.id}/start`);
    const answer = await it.say(`dock approve ${asked.id}`, 'U0OPS1');

    expect(answer).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect((await inspect(shop.id)).State.Status).toBe('running');
  });
});
