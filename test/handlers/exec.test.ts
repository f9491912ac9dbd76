import { expect, it } from 'vitest';
import type { ProgramReport } from '../../src/handlers/containers/program/results.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';
import { processes } from './processes.ts';

const socket = () => bed().sockets[0] ?? '';
const anything = [['sh', '-c', { re2: '.*' }], 'id ...', 'env', 'printenv ...', 'pwd'];

function desk(exec: readonly object[] = [{ commands: anything, timeout: '20s' }]): Promise<Desk> {
  return openDesk({ 'web-1': socket() }, [], {
    roles: { operator: { commands: ['exec'], exec } },
  });
}

const shownText = ({ shown }: ProgramReport) => shown.map(({ text }) => text).join('\n');

describeWithEngine('/exec', () => {
  it('runs what a rule allows, and says how it ended', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk();

    const good = resultOf<ProgramReport>(await own.say(`/exec ${it.name} sh -c "echo out; echo err >&2; exit 3"`));

    expect(good).toMatchObject({ host: 'web-1', container: it.name, lines: 2, end: { ended: 'exited', exitCode: 3 } });
    expect(new Set(good.shown.map(({ stream, text }) => `${stream} ${text}`))).toEqual(
      new Set(['stdout out', 'stderr err']),
    );
    expect((await own.store.verify()).ok).toBe(true);
  });

  it('takes every word behind the container for the program, options too, and never joins them', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk([{ commands: [['printf', '%s|', '-u', 'a b', '--', '*', "it's"]] }]);

    const { shown } = resultOf<ProgramReport>(await own.say(`/exec ${it.name} printf %s| -u "a b" -- * it's`));

    expect(shown[0]?.text).toBe("-u|a b|--|*|it's|");
    expect(await own.say(`/exec ${it.name} printf %s| -u a b -- * it's`)).toMatchObject({ reason: 'not_permitted' });
  });

  it('ends what runs too long within the container, its children too', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk([{ commands: anything, timeout: '2s' }]);

    const { end } = resultOf<ProgramReport>(await own.say(`/exec ${it.name} sh -c "sleep 991 & sleep 992; true"`));

    expect(end).toMatchObject({ ended: 'timed-out', isLeft: false });
    expect(await processes(socket(), it.id)).toEqual(['sleep 600']);
  });

  it('ends what its person stops', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk();

    const answer = own.watch(`/exec ${it.name} sh -c "echo begun; sleep 993"`, (report) => {
      const { id, lines } = report as ProgramReport;
      if (lines > 0) void own.say(`/dock unfollow ${id}`);
    });

    expect(resultOf<ProgramReport>(await answer).end).toMatchObject({ ended: 'stopped', isLeft: false });
    expect(await processes(socket(), it.id)).toEqual(['sleep 600']);
  });

  it('reads no more output than the rule says', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk([{ commands: ['yes'], output: '100k' }]);

    const { end } = resultOf<ProgramReport>(await own.say(`/exec ${it.name} yes`));

    expect(end?.ended).toBe('too-long');
    expect(end?.text.length).toBeLessThanOrEqual(102_400);
    expect(await processes(socket(), it.id)).toEqual(['sleep 600']);
  });

  it('masks what is secret in the output, and keeps its beginning beside the audit log', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'], env: ['DB_PASSWORD=Zq8xV2nLw4tR7pK1'] });
    await using own = await desk([{ commands: ['env'], env: ['TOKEN'] }]);

    const { end } = resultOf<ProgramReport>(await own.say(`/exec -e TOKEN=Hk3mP9sXc6vB1nQ8 ${it.name} env`));

    expect(end?.text).toContain('DB_PASSWORD=***');
    expect(end?.text).not.toMatch(/Zq8xV2nLw4tR7pK1|Hk3mP9sXc6vB1nQ8/u);
    const [outcome] = await own.store.audit.search({ limit: 1, command: 'exec' });
    expect(outcome?.output?.sha256).toBe(end?.sha256);
    expect(JSON.stringify(await own.store.audit.search({ limit: 10 }))).not.toMatch(/Hk3mP9sXc6vB1nQ8/u);
    const kept = await own.store.execs.get(outcome?.request ?? '');
    expect(kept?.end?.kept).toBe(end?.text);
  });

  it('refuses an argument that looks like a secret', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'], env: ['DB_PASSWORD=Zq8xV2nLw4tR7pK1'] });
    await using own = await desk([{ commands: ['printf ...'] }]);

    const typed = await own.say(`/exec ${it.name} printf --password=Hk3mP9sXc6vB1nQ8`);
    const known = await own.say(`/exec ${it.name} printf Zq8xV2nLw4tR7pK1`);

    expect([typed, known]).toMatchObject([{ reason: 'bad_input' }, { reason: 'bad_input' }]);
    expect(JSON.stringify([typed, ...(await own.store.audit.search({ limit: 10 }))])).not.toContain('Hk3mP9sXc6vB1nQ8');
  });

  it.each([
    ['-u root', 'id'],
    ['-u 0', 'id'],
    ['-w /tmp', 'pwd'],
    ['-e PATH=/tmp', 'env'],
    ['-e LD_PRELOAD=/tmp/x', 'env'],
  ])('refuses %s unless the rule names it', async (option, program) => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk([{ commands: anything, users: ['*'], workdirs: ['/srv/**'], env: ['*'] }]);

    expect(await own.say(`/exec ${option} ${it.name} ${program}`)).toMatchObject({ reason: 'not_permitted' });
  });

  it('needs a `timeout` in the image, unless the rule lets it run without', async () => {
    await using it = await withoutTimeout();
    await using strict = await desk([{ commands: ['/bin/busybox echo hi'] }]);
    await using lax = await desk([{ commands: ['/bin/busybox echo hi'], unbounded: true }]);
    const line = `/exec ${it.name} /bin/busybox echo hi`;

    expect(await strict.say(line)).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
    const free = resultOf<ProgramReport>(await lax.say(line));
    expect(free).toMatchObject({ boundS: undefined, end: { exitCode: 0 } });
    expect(shownText(free)).toBe('hi');
  });

  it('says so of a container that is paused or does not run', async () => {
    await using paused = await container(socket(), { cmd: ['sleep', '600'] });
    await using ended = await container(socket(), { cmd: ['true'], wait: true });
    await engineApi(socket(), 'POST', `/containers/${paused.id}/pause`);
    await using own = await desk();

    const answers = [await own.say(`/exec ${paused.name} pwd`), await own.say(`/exec ${ended.name} pwd`)];

    expect(answers).toMatchObject([{ reason: 'conflict' }, { reason: 'conflict' }]);
    await engineApi(socket(), 'POST', `/containers/${paused.id}/unpause`);
  });

  it('is closed by default', async () => {
    await using it = await container(socket(), { cmd: ['sleep', '600'] });
    await using own = await desk([]);

    expect(await own.say(`/exec ${it.name} pwd`)).toMatchObject({ kind: 'refused', reason: 'not_permitted' });
    expect(await own.say(`/exec ${uniqueName('none')} pwd`)).toMatchObject({ reason: 'not_found' });
  });
});

it('says what docker exec has and this has not', async () => {
  await using own = await openDesk({ 'web-1': '/nowhere.sock' }, ['exec']);

  for (const option of ['-it', '-i', '-t', '-d', '--privileged', '--env-file x'])
    expect(await own.say(`/exec ${option} shop ls`)).toMatchObject({ kind: 'refused', reason: 'bad_input' });
});

/** A container on whose PATH there is no program. */
function withoutTimeout() {
  return container(socket(), { cmd: ['/bin/busybox', 'sleep', '600'], env: ['PATH=/nowhere'] });
}
