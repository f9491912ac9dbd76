import { expect, it } from 'vitest';
import { mustCall } from '../../playground/engine/api.ts';
import type { DiffResult } from '../../src/handlers/containers/diff.ts';
import type { PortResult } from '../../src/handlers/containers/port.ts';
import type { TopResult } from '../../src/handlers/containers/top.ts';
import type { EventsResult } from '../../src/handlers/hosts/events.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { engineKind } from '../bed/engines.ts';
import { fakeEngine, ID, json, text } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

const hosts = () => ({ one: bed().sockets[0] as string, two: bed().sockets[1] as string });

describeWithEngine('what runs', () => {
  it('top shows processes without secrets, and says why there are none', async () => {
    await using desk = await openDesk(hosts(), ['top']);
    await using ran = await container(hosts().one, {
      cmd: ['sh', '-c', 'sleep 600 & sleep 601', '--password', 'hunter2hunter'],
      env: ['DB_PASSWORD=verysecret1'],
    });
    await using ended = await container(hosts().two, { cmd: ['true'], wait: true });

    const [first] = resultOf<TopResult>(await desk.say(`/dock top ${ran.name} aux`)).containers;
    const [none] = resultOf<TopResult>(await desk.say(`/dock top ${ended.name}`)).containers;

    expect(none).toMatchObject({ host: 'two', why: 'not_running', processes: [] });
    // The root that the newest engine is tested in has no ps; there it is named.
    if (engineKind() !== 'machine') expect(first).toMatchObject({ why: 'no_ps' });
    else {
      expect(first?.processes.map(({ command }) => command)).toContain('sleep 601');
      expect(JSON.stringify(first)).not.toContain('hunter2');
      expect(first?.processes[0]).toMatchObject({ pid: expect.stringMatching(/^\d+$/u), user: 'root' });
    }
  });

  it('port names what is published and what is only exposed', async () => {
    await using desk = await openDesk(hosts(), ['port']);
    await using ran = await container(hosts().one, { cmd: ['sleep', '600'], ports: { '80/tcp': 0 }, hostConfig: {} });

    const [all] = resultOf<PortResult>(await desk.say(`/dock port ${ran.name}`)).containers;
    const [one] = resultOf<PortResult>(await desk.say(`/dock port ${ran.name} 81`)).containers;

    expect(all).toMatchObject({
      isRunning: true,
      published: [{ privatePort: 80, ip: '127.0.0.1', publicPort: expect.any(Number) }],
    });
    expect(one?.published).toEqual([]);
  });

  it('diff says what a container changed in its file system', async () => {
    await using desk = await openDesk(hosts(), ['diff']);
    await using ran = await container(hosts().one, { cmd: ['sh', '-c', 'echo x > /data/new; rm /bin/wc'], wait: true });

    const [first] = resultOf<DiffResult>(await desk.say(`/dock diff ${ran.name}`)).containers;

    expect(first?.changes).toEqual(
      expect.arrayContaining([
        { kind: 'added', path: '/data/new' },
        { kind: 'deleted', path: '/bin/wc' },
      ]),
    );
    expect(first).toMatchObject({ added: 1, deleted: 1 });
  });

  it('events of a container come newest first, with how it ended, and no secret of an exec', async () => {
    await using desk = await openDesk(hosts(), ['events']);
    await using ran = await container(hosts().one, { cmd: ['sh', '-c', 'exit 7'], wait: true });
    await using live = await container(hosts().one, { cmd: ['sleep', '600'] });
    const made = await mustCall(hosts().one, 'POST', `/containers/${live.id}/exec`, {
      Cmd: ['login', '--password', 'hunter2hunter'],
    });
    expect(made).toContain('Id');

    const result = resultOf<EventsResult>(await desk.say(`/dock events --since 10m --container ${ran.name}`));
    const both = resultOf<EventsResult>(
      await desk.say(`/dock events -f container=${live.id.slice(0, 12)} -f event=exec_create`),
    );
    const hidden = resultOf<EventsResult>(await desk.say(`/dock events --container ${live.name}`));

    expect(result.rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['die', 'start', 'create']));
    expect(result.rows.find(({ action }) => action === 'die')).toMatchObject({
      host: 'one',
      name: ran.name,
      detail: 'exit 7',
    });
    expect(result.rows[0]?.at).toBeGreaterThanOrEqual(result.rows.at(-1)?.at ?? 0);
    expect(both.rows).toMatchObject([{ action: 'exec_create' }]);
    expect(JSON.stringify(both)).not.toContain('hunter2');
    expect(hidden.execs).toBe(1);
  });
});

const at = (seconds: number, more: object = {}) => ({
  Type: 'container',
  Action: 'start',
  time: seconds,
  timeNano: seconds * 1e9,
  Actor: { ID, Attributes: { name: 'shop' } },
  ...more,
});

it('an engine that has forgotten the beginning of the time is named, with from when it has events', async () => {
  const now = Math.floor(Date.now() / 1000);
  const lines = Array.from({ length: 256 }, (_, index) => JSON.stringify(at(now - 256 + index))).join('\n');
  await using full = await fakeEngine({ 'GET /events': text(`${lines}\nnot json\n`) });
  await using few = await fakeEngine({ 'GET /events': text(JSON.stringify(at(now - 5))) });
  await using desk = await openDesk({ full: full.socketPath, few: few.socketPath }, ['events']);

  const result = resultOf<EventsResult>(await desk.say('/dock events --since 1h -f event=start'));

  expect(result).toMatchObject({ total: 257, uncovered: [{ host: 'full', from: (now - 256) * 1000 }] });
  expect(result.rows).toHaveLength(30);
  expect(resultOf<EventsResult>(await desk.say('/dock events -f event=die')).total).toBe(0);
});

it('an image known only by its digest is named as docker names it', async () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const now = Math.floor(Date.now() / 1000);
  const more = { Type: 'image', Action: 'untag', Actor: { ID: digest, Attributes: { name: digest } } };
  await using engine = await fakeEngine({ 'GET /events': text(JSON.stringify(at(now - 5, more))) });
  await using desk = await openDesk({ one: engine.socketPath }, ['events']);

  const { rows } = resultOf<EventsResult>(await desk.say('/dock events'));

  expect(rows).toMatchObject([{ type: 'image', name: 'abababababab' }]);
});

it('hostile answers are the failure of their host', async () => {
  const list = json([{ Id: ID, Names: ['/shop'], Created: 0, State: 'running' }]);
  await using engine = await fakeEngine({
    'GET /containers/json': list,
    [`GET /containers/${ID}/json`]: json({ Id: ID, Config: {}, State: {} }),
    [`GET /containers/${ID}/top`]: json({ Titles: 'x', Processes: [[1]] }),
    [`GET /containers/${ID}/changes`]: json(Array.from({ length: 20_001 }, () => ({ Path: '/x', Kind: 0 }))),
    'GET /events': text('{"a":1}\n'.repeat(600_000)),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['top', 'diff', 'events']);

  for (const line of ['/dock top shop', '/dock diff shop', '/dock events'])
    expect(await desk.say(line)).toMatchObject({ result: { failures: [{ host: 'one' }] } });
});
