import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../src/domain/errors.ts';

const uid = () => process.getuid?.() ?? 0;

/** Whether something exists at a path, including a dangling link. */
export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Why a folder cannot be trusted with sockets and settings; undefined when only this user can use it. In a folder that
 * everybody may write to, anybody could have created it first.
 */
export function privacyProblem(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'it does not exist';
  if (found.isSymbolicLink()) return 'it is a symbolic link';
  if (!found.isDirectory()) return 'it is not a folder';
  if (found.uid !== uid()) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o077) !== 0) return `others may use it (mode ${(found.mode & 0o777).toString(8)})`;
  return parentProblem(path);
}

/**
 * Creates a folder that only this user can use, or accepts an existing one that is private. Throws a `UserError`
 * otherwise.
 */
export function ensurePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const why = privacyProblem(path);
  if (why !== undefined)
    throw new UserError(
      'conflict',
      `The playground's folder ${path} cannot be used: ${why}.`,
      'Leave out --keep, or ask its owner to remove it.',
    );
}

/** Why a folder above cannot be trusted: a user who can rename it could put another folder in its place. */
function parentProblem(path: string): string | undefined {
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
