import { expect, it } from 'vitest';
import { callEngine } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import type { Inspected, InspectResult } from '../../src/handlers/containers/inspect.ts';
import { bed, container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { watchLoop } from '../image/loop.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const hosts = () => ({ one: bed().sockets[0] as string, two: bed().sockets[1] as string });

async function inspected(desk: Desk, line: string): Promise<Inspected> {
  const { found, failures } = resultOf<InspectResult>(await desk.say(line));
  if (!found) throw new Error(JSON.stringify(failures));
  return found;
}

/** The values of a fact by its name. */
function factsOf({ shown }: Inspected): Record<string, readonly string[]> {
  if (shown.as !== 'facts') throw new Error(`shown as ${shown.as}`);
  return Object.fromEntries(shown.facts.map(({ name, values }) => [name, values]));
}
const textOf = ({ shown }: Inspected) => (shown.as === 'facts' ? '' : shown.text);

describeWithEngine('an inspection', () => {
  it('says what a container is, and gives any part of it', async () => {
    await using desk = await openDesk(hosts(), ['inspect']);
    await using ran = await container(hosts().two, {
      cmd: ['sleep', '600'],
      env: ['DB_PASSWORD=hunter2hunter', 'TZ=UTC'],
      labels: { team: 'web' },
      hostConfig: {
        NetworkMode: 'none',
        Memory: 64 * 1024 ** 2,
        NanoCpus: 0.5e9,
        RestartPolicy: { Name: 'always' },
        Binds: ['/tmp:/data:ro'],
      },
    });

    const found = await inspected(desk, `/inspect ${ran.name}`);
    const format = async (template: string) =>
      textOf(await inspected(desk, `/inspect ${ran.name} --format "${template}"`));

    expect(found).toMatchObject({ kind: 'container', host: 'two', name: ran.name, left: 0 });
    expect(factsOf(found)).toMatchObject({
      Image: ['busybox:1.0'],
      Command: ['sleep 600'],
      'Restart policy': ['always'],
      Limits: ['memory 64MiB', '0.5 CPUs'],
      Labels: ['team=web'],
      Mounts: ['bind /tmp → /data (read-only)'],
      Environment: expect.arrayContaining(['DB_PASSWORD', 'TZ']),
    });
    expect(await format('{{.State.Status}} {{len .Mounts}}')).toBe('running 1');
    expect(await format('{{json .Config.Cmd}}')).toBe('["sleep","600"]');
    expect(await format('.HostConfig.Memory')).toBe('67108864');
    expect(await format('{{range .Config.Env}}{{.}};{{end}}')).toContain('DB_PASSWORD=***;');
    expect(JSON.parse(textOf(await inspected(desk, `/inspect ${ran.id.slice(0, 8)} --json`)))).toMatchObject([
      { Id: ran.id, Name: `/${ran.name}` },
    ]);
  });

  it('says what an image is, with its layers, once where it is the same on several hosts', async () => {
    await using desk = await openDesk(hosts(), ['inspect']);
    const name = uniqueName('inspected');
    await makeImage(hosts().one, `${name}:1`, ['ENV SECRET=Zk3vQ9xW2mN8bT5r', 'CMD ["run","it"]', 'EXPOSE 80']);

    const found = await inspected(desk, `/inspect ${name}`);

    expect(found).toMatchObject({ kind: 'image', host: 'one', name: `${name}:1` });
    expect(factsOf(found)).toMatchObject({
      Command: ['run it'],
      'Exposed ports': ['80/tcp'],
      Environment: expect.arrayContaining(['SECRET']),
      Platform: [expect.stringMatching(/^linux\//u)],
      Layers: expect.arrayContaining([expect.any(String)]),
    });
    expect(await inspected(desk, '/inspect busybox:1.0 @one')).toMatchObject({ kind: 'image', host: 'one' });
    await callEngine(hosts().one, 'POST', `/images/${name}:1/tag?repo=${name}&tag=2`);
    expect(await inspected(desk, `/inspect ${name}:2`)).toMatchObject({ name: `${name}:2` });
  });

  it('asks on which host, names the nearest, and says what is wrong with a template and where', async () => {
    await using desk = await openDesk(hosts(), ['inspect']);
    const name = uniqueName('both');
    await using _one = await container(hosts().one, { name, cmd: ['true'], start: false });
    await using _two = await container(hosts().two, { name, cmd: ['true'], start: false });

    expect(await desk.say(`/inspect ${name}`)).toMatchObject({
      reason: 'ambiguous',
      choices: [{ label: 'one' }, { label: 'two' }],
    });
    expect(await desk.say(`/inspect ${name}x`)).toMatchObject({
      reason: 'not_found',
      hint: `Did you mean \`${name}\`?`,
    });
    expect(await desk.say(`/inspect ${name} @one --format "{{if .State}}x{{end}}"`)).toMatchObject({
      reason: 'bad_input',
      text: expect.stringMatching(/character 3.*`if` is not supported/u),
    });
    expect(await desk.say(`/inspect ${name} @one --format .State.Statsu`)).toMatchObject({
      text: expect.stringContaining('`.Status`'),
    });
  });
});

it('an answer of a hostile engine costs a bounded part of it, and never stops the others', async () => {
  const deep = (levels: number): unknown => (levels === 0 ? 'x' : { a: deep(levels - 1) });
  await using engine = await fakeEngine({
    'GET /containers/json': json([{ Id: ID, Names: ['/shop'], Created: 0, State: 'running' }]),
    'GET /images/json': json([]),
    [`GET /containers/${ID}/json`]: json({
      Id: ID,
      Many: Array.from({ length: 200_000 }, (_, index) => index),
      Texts: Array.from({ length: 300 }, () => 'password=hunter2hunter '.repeat(500)),
      Deep: deep(150),
      __proto__: { polluted: true },
      Config: { Labels: Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`label-${index}`, 'x'])) },
    }),
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['inspect']);
  const loop = watchLoop();

  const found = await inspected(desk, '/inspect shop --json');

  const longest = loop.stop();
  expect(found.left).toBeGreaterThan(1000);
  expect(textOf(found).length).toBeLessThan(4_000_000);
  expect(textOf(found)).not.toContain('hunter2');
  expect(longest).toBeLessThan(250);
});
