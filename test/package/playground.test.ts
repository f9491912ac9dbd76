import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateEngine } from '../../playground/engine/find-engine.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { commandOf, processesOf } from '../e2e/processes.ts';
import { INSTALL_MS, type Installed, installFromTarball } from './installed.ts';

type Playground = ChildProcessByStdio<Writable, Readable, null>;

let installed: Installed | undefined;

/** `npx fairlead playground` in the folder it was installed into: on engines of its own, where this machine has none. */
async function play(folder: string): Promise<Playground> {
  const { DOCKER_HOST: _, ...env } = process.env;
  const machines = (await locateEngine()) === undefined ? {} : { DOCKER_HOST: `unix://${bed().sockets[0]}` };
  return spawn('npx', ['--no', 'fairlead', 'playground'], {
    cwd: installed?.folder,
    env: { ...env, ...machines, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
}

/** Resolves with all that was printed so far once it matches. */
function printed({ stdout }: Playground, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const read = (chunk: Buffer) => {
      all += chunk.toString('utf8');
      if (!pattern.test(all)) return;
      stdout.off('data', read);
      resolve(all);
    };
    stdout.on('data', read);
    stdout.once('end', () => reject(new Error(`It ended before it printed ${pattern}: ${all}`)));
  });
}

const mountsIn = (folder: string) =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${folder}/`));

describeWithEngine('the playground of an installed package', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    installed = await installFromTarball();
  }, INSTALL_MS);
  afterAll(() => installed?.[Symbol.asyncDispose]());

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'answers its page and its prompt, and leaves nothing after %s',
    async (signal) => {
      const folder = mkdtempSync(join(tmpdir(), 'fairlead-npx-'));
      const playground = await play(folder);
      const ended = once(playground, 'exit');
      try {
        const started = await printed(playground, /Open http:\S+ in a browser/u);
        const url = /Open (http:\S+) in/u.exec(started)?.[1] ?? '';

        const page = await fetch(url);
        const script = await fetch(`${url}/_page/main.ts`);
        playground.stdin.write('/ps\n');
        const answer = await printed(playground, /only you can see this\).*\bshop\b/su);

        expect([page.status, script.status]).toEqual([200, 200]);
        expect(await page.text()).toContain('/_page/main.ts');
        expect(script.headers.get('content-type')).toContain('text/javascript');
        expect(await script.text()).not.toContain('import type');
        expect(answer).toContain('web-1');
        playground.kill(signal);
        await ended;
        await expect.poll(() => processesOf(folder).map(commandOf), { timeout: 60_000 }).toEqual([]);
        expect(mountsIn(folder)).toEqual([]);
        // npm's own cache of compiled code is the only thing that stays.
        expect(readdirSync(folder).filter((name) => name !== 'node-compile-cache')).toEqual([]);
      } finally {
        for (const pid of processesOf(folder)) process.kill(pid, 'SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
