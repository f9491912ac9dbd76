import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../src/domain/errors.ts';

const uid = () => process.getuid?.() ?? 0;

/** Whether something is at that path, a dangling link too. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Why a folder that is there cannot be trusted with sockets and settings; undefined when it is this user's alone. In a
 * folder everybody may write to, anybody can make one of that name first.
 */
export function whyNotOwn(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'it is not there';
  if (found.isSymbolicLink()) return 'it is a symbolic link';
  if (!found.isDirectory()) return 'it is not a folder';
  if (found.uid !== uid()) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o077) !== 0) return `others may use it (mode ${(found.mode & 0o777).toString(8)})`;
  return whyNotReached(path);
}

/** Makes a folder that is this user's alone, or uses the one that is. Throws a `UserError` for any other. */
export function ownFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const why = whyNotOwn(path);
  if (why !== undefined)
    throw new UserError(
      'conflict',
      `The playground's folder ${path} cannot be used: ${why}.`,
      'Leave out --keep, or ask its owner to remove it.',
    );
}

/** Somebody who may rename a folder above it could put another in its place. */
function whyNotReached(path: string): string | undefined {
  for (let at = dirname(resolve(path)); ; at = dirname(at)) {
    const found = lstatSync(at);
    if (!isSafe(found)) return `${at} above it can be changed by others`;
    if (at === dirname(at)) return undefined;
  }
}

function isSafe({ uid: owner, mode }: Stats): boolean {
  const isSticky = (mode & 0o1000) !== 0;
  return (owner === 0 || owner === uid()) && ((mode & 0o022) === 0 || isSticky);
}
