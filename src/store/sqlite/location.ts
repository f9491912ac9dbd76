import { UserError } from '../../domain/errors.ts';

/** The file of `file:./path`, or `:memory:`. Throws a `UserError` for an address that is neither. */
export function pathOf(url: string): string {
  const refuse = (what: string): never => {
    throw new UserError('not_configured', `DATABASE_URL ${what}.`, 'Use file:./data/fairlead.db, or postgres://….');
  };
  const path = url.replace(/^file:/u, '');
  // A quote or a space before another address, as env files leave them, would begin the name of a new, empty database.
  if (path.includes('://')) refuse('is not the address of a file');
  // The address of a server without its scheme: the new file would be named by the password.
  if (/^(?:\/\/)?[^/:]*:[^/]*@/u.test(path)) refuse('has an account in it, so it is not the address of a file');
  if (/^["'\s]/u.test(path)) refuse('begins with a quote or a space');
  if (/[?#]/u.test(path)) refuse('is a path, and takes no options after "?" or "#"');
  if (path === '' || path.endsWith('/')) refuse('names no file');
  return path;
}

/** What SQLite keeps beside a database: its write-ahead log, the shared memory of that, and a journal. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const;
