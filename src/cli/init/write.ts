import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { messageOf, UserError } from '../../domain/errors.ts';
import type { Secret } from './files.ts';

export interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** `.env` with a line for each secret that it has none for; what it has stays as it is. */
export function envFile(path: string, secrets: readonly Secret[]): NewFile {
  const before = existing(path) ?? '';
  const known = parse(before);
  const added = secrets
    .filter(({ name, value }) => !Object.hasOwn(known, name) || (value !== undefined && known[name] === ''))
    .map(({ name, from, value = '' }) => `# ${from}\n${name}=${value}\n`);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return { path, text: `${before}${gap}${added.join('')}`, mode: 0o600 };
}

/** Paths of files that exist already and would change. */
export function inTheWay(files: readonly NewFile[]): string[] {
  const changes = ({ path, text }: NewFile) => (existing(path) ?? text) !== text;
  return files.filter(changes).map(({ path }) => path);
}

/** All or none: each is written beside its place first, and moved when all are there. */
export function writeAll(files: readonly NewFile[]): void {
  const beside = ({ path }: NewFile) => `${path}.${process.pid}`;
  try {
    for (const file of files) {
      writeFileSync(beside(file), file.text, { mode: file.mode, flag: 'wx' });
      // The mode above is less what the umask takes.
      chmodSync(beside(file), file.mode);
    }
    for (const file of files) renameSync(beside(file), file.path);
  } catch (error) {
    throw failed(error);
  } finally {
    for (const file of files) rmSync(beside(file), { force: true });
  }
}

function existing(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    throw failed(error);
  }
}

function failed(error: unknown): UserError {
  return new UserError('not_configured', `Nothing was written: ${messageOf(error)}`);
}
