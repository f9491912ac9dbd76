import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The files of the commit; in a downloaded archive there is no commit to ask. */
const tracked = () => execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);

it.skipIf(!existsSync('.git'))('tracks no database, and no name that some file systems refuse', () => {
  const names = tracked();
  expect(names).toContain('package.json');
  expect(names.filter((name) => !/^[\w@./-]+$/u.test(name) || /\.db(-shm|-wal)?$/u.test(name))).toEqual([]);
});
