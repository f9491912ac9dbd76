import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { LABEL } from '../../playground/engine/guard.ts';
import type { PrivateEngine } from '../../playground/engine/private-engine.ts';
import { describeWithEngine, engineApi } from '../bed/bed.ts';
import { startTestEngine } from '../bed/engines.ts';
import { commandOf, processesOf } from './processes.ts';

// An engine that is nobody else's: whatever playgrounds have left on it is removed.
let engine: PrivateEngine;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startTestEngine({ name: 'playground-end' });
});
afterAll(() => engine?.stop());

async function play(command: readonly [string, ...string[]], folder: string): Promise<ChildProcess> {
  const env = { ...process.env, DOCKER_HOST: `unix://${engine.socketPath}`, TMPDIR: folder };
  const [program, ...args] = command;
  const started = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  let said = '';
  for await (const chunk of started.stdout ?? []) {
    said += String(chunk);
    if (said.includes('in a browser')) break;
  }
  if (!said.includes('in a browser')) throw new Error(`The playground did not start: ${said}`);
  return started;
}

const NPM = ['npm', 'run', 'playground'] as const;
const CLI = [process.execPath, 'dist/cli.js', 'playground'] as const;

describeWithEngine('the playground ends with all it started', { timeout: 120_000 }, () => {
  it.each([
    ['npm', 'SIGTERM', NPM, 'started'],
    ['npm', 'SIGHUP', NPM, 'started'],
    ['npm', 'SIGKILL', NPM, 'started'],
    ['fairlead playground', 'SIGTERM', CLI, 'started'],
    ['fairlead playground', 'SIGKILL', CLI, 'started'],
    ['the terminal', 'SIGHUP', NPM, 'group'],
    ['itself', 'SIGKILL', NPM, 'itself'],
  ] as const)('when %s is told to end by %s', async (_who, signal, command, whom) => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-ends-'));
    try {
      const started = await play(command, folder);
      const ended = once(started, 'exit');
      const all = processesOf(folder);
      const playground = all.find((pid) => /playground\/index\.[jt]s/u.test(commandOf(pid))) ?? 0;
      expect(all.map(commandOf).filter((line) => /cli\.[jt]s start/u.test(line)).length).toBeGreaterThan(0);

      if (whom === 'group') process.kill(-(started.pid ?? 0), signal);
      else process.kill(whom === 'started' ? (started.pid ?? 0) : playground, signal);

      await ended;
      await expect.poll(() => processesOf(folder).map(commandOf), { timeout: 30_000 }).toEqual([]);
      if (whom !== 'itself') expect(await ours()).toEqual([]);
    } finally {
      for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      await removeOurs();
    }
  });
});

const filters = encodeURIComponent(JSON.stringify({ label: [LABEL] }));

async function ours(): Promise<string[]> {
  const { json } = await engineApi(engine.socketPath, 'GET', `/containers/json?all=true&filters=${filters}`);
  return (json() as { Id: string }[]).map(({ Id }) => Id);
}

/** What a playground that was killed outright has left on an engine that is not its own. */
async function removeOurs(): Promise<void> {
  for (const id of await ours()) await engineApi(engine.socketPath, 'DELETE', `/containers/${id}?force=true`);
}
