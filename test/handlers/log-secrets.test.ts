import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import type { FollowReport, LogsResult } from '../../src/handlers/containers/log/results.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { type Desk, openDesk, resultOf } from './desk.ts';

const host = () => bed().sockets[0] as string;
/** The engine's border falls into the password. */
const ACROSS =
  'printf xx; yes Ж | head -n 8188 | tr -d "\\n"; echo "DB_PASSWORD=Sw0rdfishSw0rdfish"; echo after; echo last';
const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()
  .trim()
  .split('\n');

async function linesOf(desk: Desk, line: string): Promise<string[]> {
  const { hosts } = resultOf<LogsResult>(await desk.say(line));
  return hosts.flatMap(({ lines }) => lines.map(({ text }) => text));
}

async function followed(desk: Desk, line: string): Promise<string[]> {
  const { lines } = resultOf<FollowReport>(await desk.say(line));
  return lines.map(({ text }) => text);
}

describeWithEngine('secrets in a log', () => {
  it.each([false, true])('are hidden where the engine cuts a line in two, terminal %s', async (tty) => {
    await using desk = await openDesk({ one: host() }, ['logs']);
    const cmd = ['sh', '-c', ACROSS];
    await using ran = await container(host(), { cmd, tty, wait: true });

    for (const typed of ['-t', '', '-n 3', '-n 3 -t', '--since 1h', '--since 1h -t', '-t --grep PASSWORD']) {
      const lines = await linesOf(desk, `/logs ${ran.name} ${typed}`);
      const line = lines.find((text) => text.includes('DB_')) ?? '';
      expect(line.endsWith('ЖDB_PASSWORD=***'), typed).toBe(true);
      expect(lines.join('\n').replace(/^\S+Z /gmu, ''), typed).not.toMatch(/fish|Z /u);
    }
    expect(await linesOf(desk, `/logs ${ran.name} -n 2`)).toEqual(['after', 'last']);
  });

  it('are hidden at the beginning of what is followed', async () => {
    await using desk = await openDesk({ one: host() }, ['logs']);
    await using ran = await container(host(), { cmd: ['sh', '-c', ACROSS], wait: true });

    for (const count of [1, 2, 3, 4]) {
      const lines = await followed(desk, `/logs ${ran.name} -f -n ${count} for 20s`);
      expect(lines).toHaveLength(Math.min(count, 3));
      expect(lines.join()).not.toContain('fish');
    }
  });

  it('are hidden where a window begins inside a private key', async () => {
    await using desk = await openDesk({ one: host() }, ['logs']);
    const cmd = ['sh', '-c', 'printf "%s\\n" "$@"; echo done', 'sh', 'start', ...PEM];
    await using ran = await container(host(), { cmd, wait: true });
    const isBody = (line: string) => PEM.slice(1, -1).some((part) => line.includes(part));

    for (const typed of ['-n 6', '-n 6 -t', '-n 1', '-n 3', '-n 20', '', '--since 1h', '--grep =', '-f -n 6 for 20s']) {
      const line = `/logs ${ran.name} ${typed}`;
      const lines = await (typed.includes('-f') ? followed(desk, line) : linesOf(desk, line));
      expect(lines.filter(isBody), typed).toEqual([]);
      if (!typed.includes('grep')) expect(lines.at(-1)?.endsWith('done'), typed).toBe(true);
    }
    expect(await linesOf(desk, `/logs ${ran.name} -n 3`)).toEqual(['start', expect.stringContaining('***'), 'done']);
  });
});
