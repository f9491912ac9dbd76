import { execFileSync } from 'node:child_process';

const LOOK_EVERY_MS = 500;

/**
 * Resolves once the program that started this process has ended: `fairlead playground`, or the npm or npx above it,
 * which may end at a signal without passing it on. The end of an interactive shell above it does not count.
 */
export function parentEnded(): Promise<void> {
  return new Promise((resolve) => {
    process.once('disconnect', resolve);
    const npm = npmAncestor();
    if (npm === undefined) return;
    const look = setInterval(() => {
      if (isAlive(npm)) return;
      clearInterval(look);
      resolve();
    }, LOOK_EVERY_MS).unref();
  });
}

/** The process id of the npm or npx that started this process, directly or through a shell. */
function npmAncestor(): number | undefined {
  if (process.env['npm_lifecycle_event'] === undefined) return undefined;
  // A parent with a channel to this process is `fairlead playground`; npm is above that.
  const pid = process.connected ? processInfo(process.ppid)?.parent : process.ppid;
  if (pid === undefined) return undefined;
  const above = processInfo(pid);
  return above && /(?:^|\/)-?\w*sh$/u.test(above.command) ? above.parent : pid;
}

function processInfo(pid: number): { readonly parent: number; readonly command: string } | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', `${pid}`], { encoding: 'utf8' });
    const [, parent = '', command = ''] = /^\s*(\d+)\s+(.+?)\s*$/u.exec(line) ?? [];
    return parent === '' ? undefined : { parent: Number(parent), command };
  } catch {
    // Without `ps`, the parent is assumed to be npm.
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
