import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../playground/engine/api.ts';
import { connectEngine } from '../../src/docker/client/connect.ts';
import { authHeaders } from '../../src/docker/client/registry-auth.ts';
import { runHost } from '../../src/docker/rollout/run.ts';
import type { Phase } from '../../src/docker/rollout/types.ts';
import { asText } from '../../src/domain/phrase.ts';
import type { Note } from '../../src/handlers/deploy/card/notes.ts';
import { planFor } from '../../src/handlers/deploy/journal.ts';
import { registryAuth, wantedOf } from '../../src/handlers/deploy/planning/target.ts';
import type { DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import { reopenReturned } from '../../src/worker/deployments/returned.ts';
import { bed, container, describeWithEngine, SERVES, uniqueName } from '../bed/bed.ts';
import { publishImage } from '../bed/publish.ts';
import { wire } from '../docker/rollout/wire.ts';
import { type Desk, openDesk, PERSON } from './desk.ts';

const run = promisify(execFile);

interface Seen {
  readonly Id: string;
  readonly State: { readonly Running: boolean; readonly StartedAt: string; readonly FinishedAt: string };
  readonly HostConfig: { readonly RestartPolicy: { readonly Name: string } };
}

const socket = () => bed().sockets[0] as string;
const inspect = async (name: string) => JSON.parse(await mustCall(socket(), 'GET', `/containers/${name}/json`)) as Seen;

/**
 * A host that was lost when a deployment was about to do `at`, for longer than a process of Fairlead waited: it has ended
 * with the old version down.
 */
async function lostHost(at: Phase = 'rename-old') {
  const { registry } = bed();
  const { host, username, password } = registry;
  const image = `returns/${uniqueName('app')}`;
  for (const tag of ['1', '2'])
    await publishImage(socket(), registry, `${image}:${tag}`, [`LABEL salt=${uniqueName('s')}`]);
  await mustSend(socket(), {
    method: 'POST',
    path: `/images/create?fromImage=${host}/${image}&tag=1`,
    headers: authHeaders({ username, password, serverAddress: host }),
  });
  const web = await container(socket(), { cmd: SERVES, healthy: true, image: `${host}/${image}:1` });
  const line = await wire(socket());
  const desk = await openDesk({ one: line.socketPath }, ['deploy', 'lock', 'unlock'], {
    registries: { [host]: { username, password } },
  });
  onTestFinished(async () => {
    line.mend();
    await desk[Symbol.asyncDispose]();
    const filters = encodeURIComponent(JSON.stringify({ name: [web.name] }));
    const left = await mustCall(socket(), 'GET', `/containers/json?all=true&filters=${filters}`);
    for (const { Id } of JSON.parse(left) as Pick<Seen, 'Id'>[])
      await callEngine(socket(), 'DELETE', `/containers/${Id}?force=true`);
  });
  const { config, store } = desk.deps;
  await desk.ask(`/deploy ${web.name} 2`);
  const { lease, deployment } = (await store.deployments.claim('P1', Date.now())) ?? {};
  if (!lease || !deployment) throw new Error('nothing to claim');
  const plan = deployment.plan as DeployPlan;
  const engine = connectEngine({ kind: 'unix', socketPath: line.socketPath });
  onTestFinished(() => engine.close());
  const verdict = await runHost(engine, {
    deployId: deployment.id,
    by: PERSON,
    plan: planFor(plan, 'one'),
    wanted: wantedOf(plan, config),
    auth: registryAuth(plan.image.repository, config),
    signal: new AbortController().signal,
    patienceMs: 300,
    redact: (text) => text,
    assertAllowed() {},
    report() {},
    async journal(phase, note) {
      await store.deployments.phase(lease, { host: 'one', phase, note, at: Date.now() });
      if (phase === at) line.cut();
    },
  });
  const end = { verdict: verdict.verdict, at: Date.now() };
  await store.deployments.hostVerdict(lease, { host: 'one', detail: verdict, ...end });
  const { id: request, command, channel, line: text } = deployment;
  const record = { kind: 'event', request, person: PERSON, team: '', source: 'click', hosts: ['one'] } as const;
  await store.deployments.finish(lease, { ...end, record: { ...record, at: end.at, command, channel, line: text } });
  return { desk, line, web, verdict, id: deployment.id, question: deployment.approval };
}

/** Waits for the note that the deployment has ended once more. */
async function told(desk: Desk): Promise<Note | undefined> {
  const newest = async () => (await desk.notes()).at(-1);
  await expect.poll(newest, { timeout: 45_000 }).toMatchObject({ kind: 'ended', returned: ['one'] });
  return newest();
}

describeWithEngine('a host that was away when its roll-back was given up', { timeout: 90_000 }, () => {
  it('has its old version back once it responds, and people are told', async () => {
    const { desk, line, web, verdict, id, question } = await lostHost();
    const old = web.id;
    expect(verdict).toMatchObject({ verdict: 'needs_attention', isUnrestored: true });
    const { State: ended } = await inspect(old);
    expect(ended.Running).toBe(false);
    expect(verdict.tryThis).toContain('Fairlead restores it as soon as one responds');

    line.mend();
    desk.runner.start();

    expect(await told(desk)).toMatchObject({ verdict: 'rolled_back', requestedBy: PERSON });
    const { one } = await desk.ended(question);
    expect(one).toMatchObject({ verdict: 'rolled_back', phase: 'rename-old', blame: 'engine', containerId: old });
    expect(one?.why).toMatch(/stopped responding \(phase rename-old\).* 1 is running again \(down for [^)]+\)\./u);
    const { Id, State: again } = await inspect(web.name);
    expect({ Id, Running: again.Running }).toEqual({ Id: old, Running: true });
    // By the engine's clock until it was started, and then until it was healthy.
    const untilStart = Date.parse(again.StartedAt) - Date.parse(ended.FinishedAt);
    expect(one?.downMs).toBeGreaterThanOrEqual(untilStart);
    expect(one?.downMs).toBeLessThan(untilStart + (one?.ms ?? 0));
    const kinds = (await desk.store.audit.search({ limit: 20 })).filter(({ request }) => request === id);
    expect(kinds.map(({ kind }) => kind)).toEqual(['event', 'reopening', 'event']);
    expect(await desk.store.verify()).toMatchObject({ ok: true });
    expect(await desk.store.deployments.claims(web.name)).toEqual([]);
  });

  it('keeps the old version that somebody has restored by hand, with the commands on the card', async () => {
    const { desk, line, web, verdict, question } = await lostHost('start');
    const [, steps = ''] = /`(n=.+)`/u.exec(asText(verdict.tryThis)) ?? [];
    expect(steps).toContain('docker start');
    await run('sh', ['-c', steps], { env: { ...process.env, DOCKER_HOST: `unix://${socket()}` } });
    const before = await inspect(web.name);
    expect(before).toMatchObject({ Id: web.id, State: { Running: true } });

    line.mend();
    desk.runner.start();

    await told(desk);
    const { one } = await desk.ended(question);
    expect(one?.verdict).toMatch(/^(?:rolled_back|failed_kept_old)$/u);
    expect(await inspect(web.name)).toMatchObject({ Id: web.id, State: { StartedAt: before.State.StartedAt } });
  });

  it('keeps what somebody has put in the place of its old version meanwhile', async () => {
    const { desk, line, web, question } = await lostHost();
    await mustCall(socket(), 'POST', `/containers/${web.id}/rename?name=${web.name}-before`);
    const other = await container(socket(), { cmd: SERVES, name: web.name });

    line.mend();
    desk.runner.start();

    await told(desk);
    const { one } = await desk.ended(question);
    expect(one).toMatchObject({ verdict: 'needs_attention', why: expect.stringContaining('another container now') });
    expect(one?.isUnrestored).toBeUndefined();
    // The commands are for after that, since the name is taken.
    const tip = asText(one?.tryThis ?? '');
    expect(tip).toContain(`${web.name} belongs to another container now (${other.id.slice(0, 12)})`);
    expect(tip).toMatch(/stop and rename that one first; then: `docker rename /u);
    expect(await inspect(web.name)).toMatchObject({ Id: other.id, State: { Running: true } });
    expect(await inspect(web.id)).toMatchObject({ State: { Running: false } });
    expect(await reopenReturned(desk.deps, AbortSignal.timeout(10_000))).toBe(false);
  });

  it('is not said to have been down for a time that nobody knows: somebody ran the old version meanwhile', async () => {
    const { desk, line, web, question } = await lostHost();
    for (const act of ['start', 'stop?t=0']) await mustCall(socket(), 'POST', `/containers/${web.id}/${act}`);

    line.mend();
    desk.runner.start();

    await told(desk);
    const { one } = await desk.ended(question);
    expect(one).toMatchObject({
      verdict: 'rolled_back',
      why: expect.stringContaining('1 is running again; how long no version was running is not known.'),
    });
    expect(one?.downMs).toBeUndefined();
  });

  it('keeps the old version that was never stopped, and removes what was made of the new one', async () => {
    const { desk, line, web, verdict, question } = await lostHost('create');
    expect(verdict).toMatchObject({ verdict: 'needs_attention', isUnrestored: true });

    line.mend();
    desk.runner.start();

    await told(desk);
    const { one } = await desk.ended(question);
    expect(one).toMatchObject({ verdict: 'failed_kept_old', why: expect.stringContaining('1 kept running.') });
    expect(await inspect(web.name)).toMatchObject({ Id: web.id, State: { Running: true } });
  });

  it('is left to people where it is away, where its service is locked, and after a day', async () => {
    const { desk, line, web, id } = await lostHost();
    const look = (more = {}) => reopenReturned({ ...desk.deps, ...more }, AbortSignal.timeout(20_000));
    expect(await look()).toBe(false);

    line.mend();
    await desk.say(`/dock lock ${web.name} for 1h`, 'U0OPS1');
    expect(await look()).toBe(false);
    await desk.say(`/dock unlock ${web.name}`, 'U0OPS1');
    expect(await look({ now: () => Date.now() + 25 * 3_600_000 })).toBe(false);
    expect(await desk.store.deployments.get(id)).toMatchObject({ state: 'ended', verdict: 'needs_attention' });

    // For some seconds after it was seen away it is not asked again.
    await expect.poll(() => look(), { timeout: 20_000 }).toBe(true);
    expect(await look()).toBe(false);
  });

  it('is tried again where it goes away again, a minute later', async () => {
    const { desk, line, id, web } = await lostHost();
    const look = (more = {}) => reopenReturned({ ...desk.deps, ...more }, AbortSignal.timeout(20_000));
    line.mend();
    expect(await look()).toBe(true);
    const { lease } = (await desk.store.deployments.claim('P2', Date.now())) ?? {};
    if (!lease) throw new Error('nothing to claim');
    await desk.store.deployments.finish(lease, { verdict: 'needs_attention', at: Date.now() });

    expect(await look()).toBe(false);
    expect(await look({ now: () => Date.now() + 61_000 })).toBe(true);
    desk.runner.start();
    await told(desk);
    expect(await desk.store.deployments.get(id)).toMatchObject({ verdict: 'rolled_back' });
    expect(await inspect(web.name)).toMatchObject({ Id: web.id, State: { Running: true } });
  });
});
