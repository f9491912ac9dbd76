import { expect, it } from 'vitest';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { execOutput, exitCodeOf } from '../../../src/docker/client/exec-output.ts';
import { bed, container, describeWithEngine, engineApi } from '../../bed/bed.ts';
import { chunks, fakeEngine, frame, ID, json } from '../fake-engine.ts';

const EXEC = 'e'.repeat(64);
const at = (socketPath: string) => connectEngine({ kind: 'unix', socketPath });
const signal = AbortSignal.timeout(60_000);
const BOUNDS = { signal, mostBytes: 100_000 };

describeWithEngine('an exec on a real engine', () => {
  it('gives both streams and the exit code', async () => {
    const { socketPath } = { socketPath: bed().sockets[0] ?? '' };
    await using it = await container(socketPath, { cmd: ['sleep', '600'] });
    const argv = ['sh', '-c', 'echo $A; pwd; id -u; echo bad >&2; exit 7'];

    const output = await execOutput(
      at(socketPath),
      it.id,
      { argv, env: ['A=it is'], user: '65534', workdir: '/tmp' },
      BOUNDS,
    );

    expect(output.stdout.toString()).toBe('it is\n/tmp\n65534\n');
    expect(output.stderr.toString()).toBe('bad\n');
    expect(output).toMatchObject({ exitCode: 7, isCut: false });
  });

  it('that cannot be started says why, with 126 or 127', async () => {
    const { socketPath } = { socketPath: bed().sockets[0] ?? '' };
    await using it = await container(socketPath, { cmd: ['sleep', '600'] });

    const { stdout, exitCode } = await execOutput(at(socketPath), it.id, { argv: ['no-such-program'] }, BOUNDS);

    expect([126, 127]).toContain(exitCode);
    expect(stdout.toString()).toMatch(/executable file not found/u);
  });

  it('is read no further than asked', async () => {
    const { socketPath } = { socketPath: bed().sockets[0] ?? '' };
    await using it = await container(socketPath, { cmd: ['sleep', '600'] });
    const argv = ['timeout', '5', 'yes'];

    const output = await execOutput(at(socketPath), it.id, { argv }, { signal, mostBytes: 1000 });

    expect(output).toMatchObject({ isCut: true, exitCode: undefined });
    expect(output.stdout).toHaveLength(1000);
  });

  it('in a container that is paused or does not run is a conflict', async () => {
    const { socketPath } = { socketPath: bed().sockets[0] ?? '' };
    await using paused = await container(socketPath, { cmd: ['sleep', '600'] });
    await using ended = await container(socketPath, { cmd: ['true'], wait: true });
    await engineApi(socketPath, 'POST', `/containers/${paused.id}/pause`);
    const engine = at(socketPath);

    const create = (id: string) => engine.createExec(id, { argv: ['true'] }, { signal });

    await expect(create(paused.id)).rejects.toMatchObject({ fault: 'conflict' });
    await expect(create(ended.id)).rejects.toMatchObject({ fault: 'conflict' });
    await engineApi(socketPath, 'POST', `/containers/${paused.id}/unpause`);
  });
});

it('an exec is sent as a list of words, without a terminal and without privileges', async () => {
  await using fake = await fakeEngine({
    [`POST /containers/${ID}/exec`]: json({ Id: EXEC }, 201),
    [`POST /exec/${EXEC}/start`]: chunks([frame(1, 'x')]),
    [`GET /exec/${EXEC}/json`]: json({ Running: false, ExitCode: 0 }),
  });

  await execOutput(at(fake.socketPath), ID, { argv: ['a b', '$(c)', '--privileged'], env: ['P=secret'] }, BOUNDS);

  const [created] = fake.asked.filter(({ line }) => line.includes(`/containers/${ID}/exec`));
  expect(created?.line).not.toContain('secret');
  expect(JSON.parse(created?.body ?? '')).toEqual({
    Cmd: ['a b', '$(c)', '--privileged'],
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Privileged: false,
    Env: ['P=secret'],
  });
});

it('an exit code that an engine knows a moment later is waited for', async () => {
  let looks = 0;
  await using fake = await fakeEngine({
    [`GET /exec/${EXEC}/json`]: (response, request) => {
      looks += 1;
      json(looks < 4 ? { Running: true, ExitCode: null } : { Running: false, ExitCode: 143 })(response, request);
    },
  });

  expect(await exitCodeOf(at(fake.socketPath), EXEC, { signal })).toBe(143);
});

it('no text but an id enters the path of an exec', async () => {
  await using fake = await fakeEngine({});

  await expect(at(fake.socketPath).inspectExec('../containers/x', { signal })).rejects.toMatchObject({
    fault: 'refused',
  });
});
