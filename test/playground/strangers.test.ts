import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SYSTEM_ENV } from '../../playground/engine/host.ts';
import { ensurePrivateFolder, privacyProblem } from '../../playground/private-folder.ts';
import type { LocalSlack } from '../../playground/server/index.ts';
import { bare, clientOf, DEV, STAGING } from './app.ts';

/** What a browser sends along when a page from elsewhere asks, or a name of its own points to this machine. */
const STRANGERS: readonly [string, Record<string, string>][] = [
  ['a form of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['an older browser', { origin: 'https://evil.example' }],
  ['a sandboxed frame', { origin: 'null' }],
  ['an image or a link', { 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' }],
  ['a name that points here', { host: 'evil.example' }],
  ['a name that points here, with its port', { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' }],
];
const ROUTES = [
  '/',
  '/api/chat.postMessage',
  '/respond/ID',
  '/upload/SECRET',
  '/_control/type',
  '/_control/changes',
  '/_page/main.ts',
];

function status(slack: LocalSlack, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  const { port } = new URL(slack.url);
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]),
  );
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', path, method: body === '' ? 'GET' : 'POST', headers: filled },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    asked.on('error', reject).end(body);
  });
}

it.each(['//', 'http://:'])('an upgrade to %s, which is no address, is refused and ends nothing', async (path) => {
  await using it = await bare({ page: { commands: [] } });
  const { port, host } = new URL(it.slack.url);
  const socket = connect(Number(port), '127.0.0.1');
  const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  socket.end(`${[`GET ${path} HTTP/1.1`, `Host: ${host}`, ...upgrade].join('\r\n')}\r\n\r\n`);
  expect(String(await once(socket, 'data'))).toContain('401 Unauthorized');
  expect(await status(it.slack, '/', {})).toBe(200);
});

describe.each(STRANGERS)('%s', (_, headers) => {
  it('gets nothing from any path, whatever it knows', async () => {
    await using it = await bare({ page: { commands: [] } });
    const { bot, session } = it.slack.tokens;
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-session': session, ...headers };
    const body = `token=${bot}&channel=${STAGING}&text=hi&person=${DEV}`;

    for (const path of ROUTES) {
      expect(await status(it.slack, path, form, body), path).toBe(403);
      expect(await status(it.slack, path, headers), path).toBe(403);
    }

    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
    expect(it.slack.requests).toEqual([]);
  });

  it('opens no connection, with a ticket or a session', async () => {
    await using it = await bare({ page: { commands: [] } });
    const { app, session } = it.slack.tokens;
    const { port } = new URL(it.slack.url);
    const { url = '' } = await clientOf(it.slack, app).apps.connections.open({});
    const outcome = (address: string) =>
      new Promise<string>((resolve) => {
        const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]);
        const socket = new WebSocket(address, { headers: Object.fromEntries(filled) });
        socket.on('open', () => resolve('open')).on('error', (error) => resolve(error.message));
      });

    expect(await outcome(url)).toContain('401');
    expect(await outcome(`ws://127.0.0.1:${port}/_page/live?session=${session}`)).toContain('401');
    expect(it.slack.connections()).toBe(0);
  });
});

describe('a request without a browser’s marks', () => {
  it('needs the token or the session of this start, and addresses that nobody guesses', async () => {
    await using it = await bare({ page: { commands: [] } });
    await using other = await bare();
    const type = (session: string) =>
      status(
        it.slack,
        '/_control/type',
        { 'x-session': session },
        JSON.stringify({ person: DEV, channel: STAGING, text: 'hi' }),
      );
    const values = [...Object.values(it.slack.tokens), ...Object.values(other.slack.tokens)];

    expect(new Set(values).size).toBe(8);
    expect(Math.min(...values.map((value) => value.length))).toBeGreaterThanOrEqual(48);
    expect(await type('')).toBe(403);
    expect(await type(other.slack.tokens.session)).toBe(403);
    expect(await type(it.slack.tokens.session)).toBe(200);
    const uploads = [1, 2].map(() => it.client.files.getUploadURLExternal({ filename: 'a', length: 1 }));
    for (const { upload_url, file_id = '' } of await Promise.all(uploads)) {
      expect(upload_url).toMatch(/\/upload\/[0-9a-f-]{36}$/u);
      expect(upload_url).not.toContain(file_id);
      expect(await status(it.slack, `/upload/${file_id}`, {}, 'x')).toBe(404);
      expect(await status(it.slack, new URL(upload_url ?? '').pathname, {}, 'x')).toBe(200);
    }
  });
});

describe.skipIf(process.getuid?.() !== 0)('sweeping', () => {
  it('ends the engine of its folder, and no process of another user that only says so', async () => {
    const at = mkdtempSync(join(tmpdir(), 'fairlead-sweep-'));
    const dir = join(at, 'engine');
    mkdirSync(dir);
    chmodSync(at, 0o755);
    const program = join(at, 'dockerd');
    copyFileSync('/bin/sleep', program);
    const pretend = (uid: number) => spawn(program, ['60'], { argv0: `${dir}/dockerd`, uid, stdio: 'ignore' });
    const [ours, theirs] = [pretend(0), pretend(65_534)];
    try {
      await Promise.all([once(ours, 'spawn'), once(theirs, 'spawn')]);
      const ended = once(ours, 'exit');
      const arguments_ = ['playground/engine/sweep.sh', dir, 'flnone', join(at, 'lock'), '10.255.255.'];
      const sweeper = spawn('sh', arguments_, { stdio: ['pipe', 'ignore', 'ignore'], env: SYSTEM_ENV });
      sweeper.stdin.end();
      await once(sweeper, 'exit');

      expect(await ended).toEqual([null, 'SIGTERM']);
      expect([theirs.exitCode, theirs.signalCode]).toEqual([null, null]);
      expect(existsSync(dir)).toBe(false);
    } finally {
      ours.kill('SIGKILL');
      theirs.kill('SIGKILL');
      rmSync(at, { recursive: true, force: true });
    }
  }, 30_000);
});

describe('a folder of one’s own', () => {
  let at: string;
  const folder = () => join(at, 'kept');
  beforeEach(() => {
    at = mkdtempSync(join(tmpdir(), 'fairlead-own-'));
  });
  afterEach(() => rmSync(at, { recursive: true, force: true }));

  it('is made for this user alone, and used again', () => {
    ensurePrivateFolder(folder());
    ensurePrivateFolder(folder());

    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(privacyProblem(folder())).toBeUndefined();
  });

  it.each<[string, () => void]>([
    ['a symbolic link', () => symlinkSync(at, folder())],
    ['a dangling link', () => symlinkSync(join(at, 'nothing'), folder())],
    ['a file', () => writeFileSync(folder(), '')],
    ['one that others may read', () => mkdirSync(folder(), { mode: 0o755 })],
    [
      'one that others may write to',
      () => {
        mkdirSync(folder());
        chmodSync(folder(), 0o777);
      },
    ],
    [
      'one below a folder that others may change',
      () => {
        mkdirSync(folder(), { mode: 0o700 });
        chmodSync(at, 0o777);
      },
    ],
  ])('is not %s', (_, make) => {
    make();

    expect(() => ensurePrivateFolder(folder())).toThrow('cannot be used');
  });

  it.skipIf(process.getuid?.() !== 0)('is not one that another user made first', () => {
    mkdirSync(folder(), { mode: 0o700 });
    chownSync(folder(), 65_534, 65_534);

    expect(() => ensurePrivateFolder(folder())).toThrow('it belongs to user 65534');
  });
});
