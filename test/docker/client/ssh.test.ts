import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EngineAddress } from '../../../src/docker/client/address.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Deadlines } from '../../../src/docker/client/dockerode.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { createLimits } from '../../../src/docker/limits/limits.ts';
import { type FakeEngine, fakeEngine, ID, json, silence } from '../fake-engine.ts';
import { counted } from './counted.ts';
import { descendantsOf, freePort, greets, hashed, keygen } from './sshd.ts';

const SSHD = '/usr/sbin/sshd';
const describeWithSshd = describe.skipIf(!existsSync(SSHD));
if (!existsSync(SSHD)) process.stderr.write('\n!!! There is no sshd: the tests of engines over SSH are skipped.\n\n');

let folder: string;
let port: number;
let sshd: ChildProcess;
let fake: FakeEngine;
let isUp = true;
const file = (name: string) => join(folder, name);
const publicKey = (name: string) =>
  readFileSync(file(`${name}.pub`), 'utf8')
    .split(' ')
    .slice(0, 2)
    .join(' ');

function engineAt(
  known: readonly string[],
  changes: Partial<Extract<EngineAddress, { kind: 'ssh' }>> = {},
  deadlines: Partial<Deadlines> = {},
): Engine {
  const knownHosts = file(`known-${randomBytes(4).toString('hex')}`);
  writeFileSync(knownHosts, `# what we know\n\n${known.join('\n')}\n`);
  const engine = connectEngine(
    {
      kind: 'ssh',
      user: userInfo().username,
      host: '127.0.0.1',
      port,
      socketPath: fake.socketPath,
      knownHosts,
      identity: file('user'),
      ...changes,
    },
    deadlines,
  );
  onTestFinished(() => engine.close());
  return engine;
}

beforeAll(async () => {
  if (!existsSync(SSHD)) return;
  folder = mkdtempSync(join(tmpdir(), 'fairlead-sshd-'));
  keygen(file('host-ed25519'), 'ed25519');
  keygen(file('host-ecdsa'), 'ecdsa');
  keygen(file('host-rsa'), 'rsa', '-b', '2048');
  for (const name of ['user', 'other']) keygen(file(name), 'ed25519');
  writeFileSync(file('authorized'), publicKey('user'), { mode: 0o600 });
  // The privilege separation of sshd needs it, and only a service manager would make it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  port = await freePort();
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    ...['ed25519', 'ecdsa', 'rsa'].map((type) => `HostKey ${file(`host-${type}`)}`),
    `AuthorizedKeysFile ${file('authorized')}`,
    `PidFile ${file('pid')}`,
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'UsePAM no',
    'StrictModes no',
  ];
  writeFileSync(file('config'), `${lines.join('\n')}\n`);
  sshd = spawn(SSHD, ['-D', '-e', '-f', file('config')], { stdio: 'ignore' });
  await greets(port);
  fake = await fakeEngine({
    'GET /info': (response, request) => (isUp ? json({ Name: 'far' }) : silence)(response, request),
    'GET /networks': (response) => void response.writeHead(200, { connection: 'close' }).end('[]'),
    [`GET /containers/${ID}/logs`]: (response) => void response.writeHead(200).write('one\n'),
  });
});
afterAll(async () => {
  sshd?.kill();
  await fake?.[Symbol.asyncDispose]();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describeWithSshd('an engine over SSH', () => {
  const pin = (type: string, at = port) => `[127.0.0.1]:${at} ${publicKey(`host-${type}`)}`;

  it('closes a connection that nobody uses, and opens another for the next call', async () => {
    const way = await counted(port);
    const engine = engineAt([pin('ed25519', way.port)], { port: way.port });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());

    await engine.listNetworks({});
    const log = engine.logs(ID, { tail: 1, timestamps: false, follow: true, tty: true })[Symbol.asyncIterator]();
    await log.next();
    await vi.advanceTimersByTimeAsync(3_600_000);
    await engine.listNetworks({});
    expect([way.connections(), way.open()]).toEqual([1, 1]);

    await log.return?.();
    while (way.open() > 0) await vi.advanceTimersByTimeAsync(60_000);
    expect(await engine.listNetworks({})).toEqual([]);
    expect([way.connections(), way.open()]).toEqual([2, 1]);
  });

  it('uses one connection for all calls', async () => {
    const way = await counted(port);
    const engine = engineAt([pin('ed25519', way.port)], { port: way.port });

    const answers = await Promise.all(Array.from({ length: 20 }, () => engine.info()));
    await engine.info();

    expect(answers.map(({ name }) => name)).toEqual(Array.from({ length: 20 }, () => 'far'));
    expect(way.connections()).toBe(1);
  });

  it.each(['ed25519', 'ecdsa', 'rsa'])('is accepted by any pinned key: %s', async (type) => {
    await expect(engineAt([pin(type)]).info()).resolves.toMatchObject({ name: 'far' });
  });

  it('is accepted by a hashed name, a pattern, and in a list of names', async () => {
    const key = publicKey('host-ed25519');
    const name = `[127.0.0.1]:${port}`;

    for (const line of [`${hashed(name)} ${key}`, `[127.0.0.*]:${port} ${key}`, `elsewhere,${name} ${key} a comment`])
      await expect(engineAt([`elsewhere ${publicKey('other')}`, line]).info()).resolves.toMatchObject({ name: 'far' });
  });

  it('is refused when it is unknown', async () => {
    const way = await counted(port);
    const key = publicKey('host-ed25519');
    const unknown = [
      `127.0.0.1 ${key}`,
      `[127.0.0.1]:1 ${key}`,
      `${hashed('[127.0.0.1]:1')} ${key}`,
      `*,![127.0.0.1]:${way.port} ${key}`,
      `@cert-authority * ${key}`,
      `# ${pin('ed25519')}`,
    ];

    for (const line of unknown) {
      const asking = engineAt([line], { port: way.port }).info();
      await expect(asking).rejects.toMatchObject({ fault: 'ssh', engineSaid: expect.stringContaining('Unknown host') });
    }

    expect(way.connections()).toBe(0);
  });

  it('is refused with a changed or revoked key', async () => {
    const changed = engineAt([`[127.0.0.1]:${port} ${publicKey('other')}`]).info();
    await expect(changed).rejects.toMatchObject({
      fault: 'ssh',
      engineSaid: expect.stringMatching(/Changed host key.*SHA256:/u),
    });

    const revoked = engineAt([pin('ed25519'), `@revoked * ${publicKey('host-ed25519')}`]).info();
    await expect(revoked).rejects.toMatchObject({
      fault: 'ssh',
      engineSaid: expect.stringContaining('Revoked host key'),
    });
  });

  it('reports what is wrong with the login', async () => {
    const wrong = engineAt([pin('ed25519')], { identity: file('other') }).info();
    await expect(wrong).rejects.toMatchObject({
      fault: 'ssh',
      engineSaid: expect.stringContaining(`${userInfo().username}@127.0.0.1`),
    });

    const missing = engineAt([pin('ed25519')], { identity: file('nothing') }).info();
    await expect(missing).rejects.toMatchObject({
      fault: 'ssh',
      engineSaid: expect.stringContaining('nothing cannot be read'),
    });

    const unusable = engineAt([pin('ed25519')], { identity: file('config') }).info();
    await expect(unusable).rejects.toMatchObject({ fault: 'ssh' });
  });

  it('uses the agent without an identity file, and reports a missing agent', async () => {
    const before = process.env['SSH_AUTH_SOCK'];
    onTestFinished(() => {
      if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = before;
    });
    delete process.env['SSH_AUTH_SOCK'];
    await expect(engineAt([pin('ed25519')], { identity: undefined }).info()).rejects.toMatchObject({
      fault: 'ssh',
      engineSaid: expect.stringContaining('SSH_AUTH_SOCK'),
    });

    const socket = file('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void agent.kill());
    await once(agent.stdout, 'data');
    execFileSync('ssh-add', ['-q', file('user')], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    process.env['SSH_AUTH_SOCK'] = socket;

    await expect(engineAt([pin('ed25519')], { identity: undefined }).info()).resolves.toMatchObject({ name: 'far' });
  });

  it('distinguishes a missing host and a missing engine', async () => {
    const nobody = await freePort();
    const noHost = engineAt([pin('ed25519', nobody)], { port: nobody }).info();
    await expect(noHost).rejects.toMatchObject({
      fault: 'unreachable',
      engineSaid: expect.stringContaining('ECONNREFUSED'),
    });

    const noName = engineAt([`no.invalid ${publicKey('host-ed25519')}`], { host: 'no.invalid', port: 22 }).info();
    await expect(noName).rejects.toMatchObject({
      fault: 'unreachable',
      engineSaid: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/u),
    });

    const noEngine = engineAt([pin('ed25519')], { socketPath: '/nonexistent/docker.sock' }).info();
    await expect(noEngine).rejects.toMatchObject({
      fault: 'unreachable',
      engineSaid: expect.stringContaining('/nonexistent/docker.sock'),
    });
  });

  it('reconnects after a lost connection, and rejects waiting calls', async () => {
    const way = await counted(port);
    const engine = engineAt([pin('ed25519', way.port)], { port: way.port });
    await engine.info();
    isUp = false;
    const waiting = engine.removeContainer(ID);
    const log = engine.logs(ID, { tail: 1, timestamps: false, follow: true, tty: true })[Symbol.asyncIterator]();
    await Promise.all([log.next(), waiting.catch(() => {})]);

    const broken = expect(log.next()).rejects.toMatchObject({ fault: 'unreachable' });
    way.cut();
    await broken;
    isUp = true;

    await expect(engine.info()).resolves.toMatchObject({ name: 'far' });
    expect(way.connections()).toBe(2);
  });

  it('closes the remote connection of an aborted call, and everything at the end', async () => {
    const engine = engineAt([pin('ed25519')]);
    const before = new Set(readdirSync(tmpdir()));
    const reader = engine.logs(ID, { tail: 1, timestamps: false, follow: true, tty: true })[Symbol.asyncIterator]();
    await reader.next();
    const mine = readdirSync(tmpdir()).filter((name) => name.startsWith('fairlead-ssh-') && !before.has(name));
    const closed = fake.closed();

    await reader.return?.();
    await closed;
    await engine.close();

    await expect.poll(() => mine.filter((name) => existsSync(join(tmpdir(), name)))).toEqual([]);
    expect(mine.length).toBeGreaterThan(0);
    await expect(engine.info()).rejects.toMatchObject({ fault: 'aborted' });
  });

  it('hangs after the login: its calls end at their deadlines, and those after them have another connection', async () => {
    const way = await counted(port);
    const limits = createLimits({ perHost: 2, overall: 10, waiting: 20 });
    const engine = engineAt([pin('ed25519', way.port)], { port: way.port }, { listMs: 700, quickMs: 500, slowMs: 700 });
    const ask = () => limits.onHost('far', (signal) => engine.listNetworks({}, { signal }));
    expect(await ask()).toEqual([]);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'], shouldAdvanceTime: true });
    onTestFinished(() => void vi.useRealTimers());
    // A connection from before would keep the clock of its keepalive.
    way.cut();
    const reads = () => expect(ask()).resolves.toEqual([]);
    await vi.waitFor(reads);
    const log = engine.logs(ID, { tail: 1, timestamps: false, follow: true, tty: true })[Symbol.asyncIterator]();
    await log.next();

    const hung = descendantsOf(sshd.pid ?? 0);
    for (const pid of hung) process.kill(pid, 'SIGSTOP');
    onTestFinished(() => {
      for (const pid of hung) process.kill(pid, 'SIGKILL');
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, ask));
    // Two at a time: those under way time out, and those after them do not.
    const late = { reason: { fault: 'timeout' } };
    expect(outcomes).toMatchObject([late, late, ...Array.from({ length: 4 }, () => ({ value: [] }))]);
    // sshd's process of this connection answers no keepalive: after four of 15 s the connection is lost.
    const broken = expect(log.next()).rejects.toMatchObject({ fault: 'unreachable' });
    for (let sent = 0; sent < 4; sent += 1) {
      await vi.advanceTimersByTimeAsync(15_000);
      await reads();
    }
    await broken;
    expect(way.connections()).toBe(3);
  });
});
