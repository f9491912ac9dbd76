import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { locateEngine } from '../../playground/engine/find-engine.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { commandOf, processesOf } from '../e2e/processes.ts';
import type { Installed } from './installed.ts';

type Playground = ChildProcessByStdio<null, Readable, null>;

/**
 * `npx fairlead playground` in the folder it was installed into: on engines of its own, where this machine has none.
 */
async function play({ folder: cwd }: Installed, folder: string): Promise<Playground> {
  const { DOCKER_HOST: _, ...env } = process.env;
  const machines = (await locateEngine()) === undefined ? {} : { DOCKER_HOST: `unix://${bed().sockets[0]}` };
  return spawn('npx', ['--no', 'fairlead', 'playground'], {
    cwd,
    env: { ...env, ...machines, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}

/** The address of its page, once the bot is connected and the samples are there: then it prints its help. */
async function addressOf({ stdout }: Playground): Promise<string> {
  let all = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    all += String(chunk);
    const url = /Open (http:\S+) in a browser.*quit/su.exec(all)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`The playground ended: ${all}`);
}

/** An act of a person in the local Slack, as the page sends it. */
async function act(url: string, page: string, name: string, body: object): Promise<Record<string, unknown>> {
  const session = /name="session" content="(\w+)"/u.exec(page)?.[1] ?? '';
  const headers = { 'x-session': session };
  const response = await fetch(`${url}/_control/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

const mountsIn = (folder: string) =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${folder}/`));

/** Ends a playground that a failed test has left: what it started notices that, and cleans up. */
async function endAll(folder: string): Promise<void> {
  const left = processesOf(folder).filter((pid) => commandOf(pid).includes('playground/index.js'));
  for (const pid of left) process.kill(pid, 'SIGKILL');
  await expect.poll(() => processesOf(folder), { timeout: 60_000 }).toEqual([]);
}

/** The tests of the playground, on the package that `package.test.ts` has installed: that takes half a minute. */
export function testPlayground(installed: () => Installed): void {
  describeWithEngine('the playground of an installed package', { timeout: 180_000 }, () => {
    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'serves its page, answers /ps, and leaves nothing after %s',
      async (signal) => {
        const folder = mkdtempSync(join(tmpdir(), 'fairlead-npx-'));
        const playground = await play(installed(), folder);
        const ended = once(playground, 'exit');
        try {
          const url = await addressOf(playground);
          const seen = { channel: 'C0PROD', as: 'U0DEV1' };

          const page = await (await fetch(url)).text();
          const script = await fetch(`${url}/_page/main.ts`);
          const typed = await act(url, page, 'type', { person: 'U0DEV1', channel: 'C0PROD', text: '/ps' });
          const answer = await act(url, page, 'waitFor', { ...seen, contains: ['web-1', 'shop'], timeoutMs: 60_000 });

          expect(page).toContain('/_page/start.ts');
          expect(script.headers.get('content-type')).toContain('text/javascript');
          expect(await script.text()).not.toContain('import type');
          expect(typed).toMatchObject({ ok: true });
          expect(answer).toMatchObject({ author: 'U0FAIRLEAD' });
          playground.kill(signal);
          await ended;
          await expect.poll(() => processesOf(folder).map(commandOf), { timeout: 60_000 }).toEqual([]);
          expect(mountsIn(folder)).toEqual([]);
          // npm's own cache of compiled code is the only thing that stays.
          expect(readdirSync(folder).filter((name) => name !== 'node-compile-cache')).toEqual([]);
        } finally {
          await endAll(folder);
          rmSync(folder, { recursive: true, force: true });
        }
      },
    );
  });
}
