import { expect, it } from 'vitest';
import type { RunReport } from '../../src/handlers/containers/run/results.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const socket = () => bed().sockets[0] ?? '';
const desk = (more: object = {}): Promise<Desk> => openDesk({ 'web-1': socket() }, ['run', 'logs'], more);

async function inspect(name: string): Promise<{ readonly HostConfig: Record<string, unknown> } | undefined> {
  const { status, json } = await engineApi(socket(), 'GET', `/containers/${name}/json`);
  return status === 200 ? (json() as { HostConfig: Record<string, unknown> }) : undefined;
}

const remove = (name: string) => engineApi(socket(), 'DELETE', `/containers/${name}?force=true&v=true`);

describeWithEngine('/run', () => {
  it('starts a container with what was typed, and leaves it running', async () => {
    await using own = await desk();
    const name = uniqueName('run');
    const options =
      '-m 64m --cpus 0.5 --pids-limit 50 -e A=1 -v /data -p 127.0.0.1::80 -l team=shop --restart on-failure:3';

    const report = resultOf<RunReport>(
      await own.say(`/run -d --name ${name} ${options} busybox:1.0 sh -c "echo hi; sleep 600"`),
    );

    expect(report).toMatchObject({ name, host: 'web-1', state: { at: 'up' } });
    expect(report.shown.map(({ text }) => text)).toEqual(['hi']);
    expect(report.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+->80\/tcp$/u)]);
    expect((await inspect(name))?.HostConfig).toMatchObject({
      Memory: 64 * 1024 * 1024,
      NanoCpus: 5e8,
      PidsLimit: 50,
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
      Privileged: false,
    });
    await remove(name);
  });

  it('in the foreground streams its output, ends with its exit code and removes the container', async () => {
    await using own = await desk();
    const name = uniqueName('run');

    const report = resultOf<RunReport>(
      await own.say(`/run --rm --name ${name} -m 64m busybox:1.0 sh -c "echo out; exit 7"`),
    );

    expect(report).toMatchObject({ lines: 1, state: { at: 'ended', why: 'exited', exitCode: 7, isRemoved: true } });
    expect(await inspect(name)).toBeUndefined();
    expect((await own.store.verify()).ok).toBe(true);
  });

  it('in the foreground ends when its time is up', async () => {
    await using own = await desk();
    const name = uniqueName('run');

    const report = resultOf<RunReport>(await own.say(`/run --rm --for 2s --name ${name} -m 64m busybox:1.0 sleep 600`));

    expect(report).toMatchObject({ state: { at: 'ended', why: 'time', isRemoved: true } });
    expect(await inspect(name)).toBeUndefined();
  });

  it('with --rm and -d is removed by the worker when its time is up', async () => {
    await using own = await desk();
    const name = uniqueName('run');
    resultOf<RunReport>(await own.say(`/run -d --rm --for 1s --name ${name} -m 64m busybox:1.0 sleep 600`));

    own.runner.start();

    await expect.poll(() => inspect(name), { timeout: 60_000 }).toBeUndefined();
  });

  it.each([
    ['no memory limit', 'busybox:1.0', 'guardrail'],
    ['a privileged container', '-m 64m --privileged busybox:1.0', 'guardrail'],
    ['the namespace of the host', '-m 64m --network host busybox:1.0', 'guardrail'],
    ['a folder of the host', '-m 64m -v /etc:/x busybox:1.0', 'guardrail'],
    ['the same by --mount', '-m 64m --mount type=bind,src=/etc,dst=/x busybox:1.0', 'guardrail'],
    ['a port that is kept back', '-m 64m -p 80:80 busybox:1.0', 'guardrail'],
    ['more memory than the config lets', '-m 2g busybox:1.0', 'guardrail'],
    ['a longer life', '-m 64m --rm --for 9h busybox:1.0', 'guardrail'],
    ['an image that is not allowed', '-m 64m nginx:1', 'image_not_allowed'],
    ['a network that is not there', '-m 64m --network no-such busybox:1.0', 'conflict'],
    ['the name of a service', '-m 64m --name shop busybox:1.0', 'conflict'],
    ['a label of ours', '-m 64m -l fairlead.target=shop busybox:1.0', 'bad_input'],
    ['a set of variables that is not there', '-m 64m --env-file x busybox:1.0', 'not_found'],
  ])('refuses %s', async (_, line, reason) => {
    const services = { shop: { image: 'busybox', hosts: 'all' } };
    await using own = await desk({
      run: { memory: '1g' },
      images: { allow: ['docker.io/library/busybox'] },
      services,
    });

    expect(await own.say(`/run -d ${line}`)).toMatchObject({ kind: 'refused', reason });
  });

  it('refuses a port and a name that another container has, and a volume with its data', async () => {
    await using own = await desk();
    const volume = uniqueName('data');
    const hostConfig = { NetworkMode: 'bridge', Binds: [`${volume}:/data`] };
    const ports = { '80/tcp': 18_473 };
    await using other = await container(socket(), { cmd: ['sleep', '600'], ports, hostConfig });

    const port = await own.say('/run -d -m 64m -p 127.0.0.1:18473:80 busybox:1.0');
    const name = await own.say(`/run -d -m 64m --name ${other.name} busybox:1.0`);
    const data = await own.say(`/run -d -m 64m -v ${volume}:/data busybox:1.0`);

    expect([port, name, data]).toMatchObject([{ reason: 'conflict' }, { reason: 'conflict' }, { reason: 'guardrail' }]);
  });

  it('says why what was started has ended', async () => {
    await using own = await desk();
    const name = uniqueName('run');

    const { state, diagnosis } = resultOf<RunReport>(
      await own.say(`/run -d --name ${name} -m 64m busybox:1.0 no-such-program`),
    );

    expect(state.at).toBe('refused');
    expect(diagnosis?.diagnosis.causes[0]?.id).toBe('command-not-found');
    await remove(name);
  });
});
