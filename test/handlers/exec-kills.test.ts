import { expect, it as test } from 'vitest';
import { connectEngine } from '../../src/docker/client/connect.ts';
import type { ProgramReport } from '../../src/handlers/containers/program/results.ts';
import { createTimeouts } from '../../src/handlers/containers/program/timeouts.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { openDesk, resultOf } from './desk.ts';
import { processes } from './processes.ts';

const socket = () => bed().sockets[0] ?? '';
const EACH = 100;
const AT_ONCE = 10;
/** Longer than a hundred starts take on a slow machine. */
const BOUND_S = 40;

async function toEnd(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

/** Runs `work` for each number, a few at a time. */
async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  const left = Array.from({ length: count }, (_, index) => index);
  const worker = async () => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) await work(index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Programs that do not end by themselves: alone, with children, and deaf to the request to end. */
const PROGRAMS = [
  'sleep 600',
  'sh -c "echo begun; sleep 600"',
  'sh -c "sleep 600 & sleep 600 & wait"',
  'sh -c "trap : TERM; while :; do sleep 1; done"',
];

describeWithEngine('after 200 execs that were stopped or abandoned', { timeout: 600_000 }, () => {
  test('no process is left in a container that has `timeout`', async () => {
    await using it = await container(socket(), {
      cmd: ['sleep', '1000'],
      hostConfig: { NetworkMode: 'none', PidsLimit: 2000 },
    });
    await using own = await openDesk({ 'web-1': socket() }, [], {
      roles: {
        operator: {
          commands: ['exec'],
          exec: [{ commands: ['sleep 600', ['sh', '-c', { re2: '.*' }]], timeout: '60s' }],
        },
      },
      budget: { commands: 10_000 },
    });

    // Stopped by their person, of whom each may have a few at once.
    await each(EACH, async (index) => {
      const person = `U0DEV${index % AT_ONCE}`;
      const answer = own.watch(
        `/exec ${it.name} ${PROGRAMS[index % PROGRAMS.length]}`,
        (report) => void own.say(`/dock unfollow ${(report as ProgramReport).id}`, person),
        person,
      );
      expect(resultOf<ProgramReport>(await answer).end).toMatchObject({ ended: 'stopped', isLeft: false });
    });
    expect(await processes(socket(), it.id)).toEqual(['sleep 1000']);

    // Abandoned, as by a bot that dies: nothing but the bound in the container is left to end them.
    const engine = connectEngine({ kind: 'unix', socketPath: socket() });
    const found = { id: it.id, imageId: 'busybox' };
    const bound = await createTimeouts().boundOf(engine, found, BOUND_S, AbortSignal.timeout(30_000));
    await each(EACH, async (index) => {
      const program = index % 10 === 0 ? ['sh', '-c', 'trap : TERM; while :; do sleep 1; done'] : ['sleep', '600'];
      const id = await engine.createExec(it.id, { argv: [...(bound ?? []), ...program] });
      const gone = new AbortController();
      const reading = toEnd(engine.startExec(id, { signal: gone.signal }));
      reading.catch(() => {});
      const isRunning = async () => (await engine.inspectExec(id)).running;
      await expect.poll(isRunning, { timeout: 20_000 }).toBe(true);
      gone.abort();
      await expect(reading).rejects.toMatchObject({ fault: 'aborted' });
    });
    expect((await processes(socket(), it.id)).length).toBeGreaterThan(1);

    await expect.poll(() => processes(socket(), it.id), { timeout: 90_000, interval: 500 }).toEqual(['sleep 1000']);
    await engine.close();
  });
});
