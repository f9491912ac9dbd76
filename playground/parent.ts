import { execFileSync } from 'node:child_process';

const LOOK_EVERY_MS = 500;

/**
 * Resolves once the program that started this process for somebody is gone: `fairlead playground`, or the npm or npx above it, which may
 * end at a signal without passing it on. A shell at which it was started directly may end; that is no reason to stop.
 */
export function abandoned(): Promise<void> {
  return new Promise((resolve) => {
    process.once('disconnect', resolve);
    const npm = npmAbove();
    if (npm === undefined) return;
    const look = setInterval(() => {
      if (isAlive(npm)) return;
      clearInterval(look);
      resolve();
    }, LOOK_EVERY_MS).unref();
  });
}

/** The process of npm or npx that this one belongs to, with or without a shell in between. */
function npmAbove(): number | undefined {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  // `fairlead playground` is the one with a channel to this process.
  const pid = process.connected ? lookUp(process.ppid)?.parent : process.ppid;
  if (pid === undefined) return undefined;
  const above = lookUp(pid);
  return above && /(?:^|\/)-?\w*sh$/u.test(above.command) ? above.parent : pid;
}

function lookUp(pid: number): { readonly parent: number; readonly command: string } | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', `${pid}`], { encoding: 'utf8' });
    const [, parent = '', command = ''] = /^\s*(\d+)\s+(.+?)\s*$/u.exec(line) ?? [];
    return parent === '' ? undefined : { parent: Number(parent), command };
  } catch {
    // Without `ps`, the process above is taken for npm.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
