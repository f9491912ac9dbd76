import { statSync } from 'node:fs';

/**
 * Databases that this thread has open, one entry for each connection. Opening and closing such a file by other means than
 * SQLite drops all locks this process has on it (POSIX, fcntl): another process may then change the mapped pages.
 */
const open: string[] = [];

const idOf = (path: string): string => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : path;
};

/** Whether this thread has it open, by whatever name. */
export function isHeldOpen(path: string): boolean {
  return open.includes(idOf(path));
}

/** Counts it as open until what is returned is called. */
export function holdOpen(path: string): () => void {
  const id = idOf(path);
  open.push(id);
  return () => {
    open.splice(open.indexOf(id), 1);
  };
}
