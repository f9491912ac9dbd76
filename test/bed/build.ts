import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Builds `dist` for the end-to-end tests, which run the bot as it is shipped. Only files that changed are replaced, each
 * in one step: another test run on this checkout may be starting the same bot at this moment.
 */
export async function build(): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), 'fairlead-build-'));
  try {
    const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', fresh];
    await promisify(execFile)(process.execPath, compiler).catch((error: { stdout?: string; message: string }) => {
      const why = error.stdout || error.message;
      // The compiler writes its output nevertheless, and `npm run check` is what judges types. While someone is in the
      // middle of an edit, their types must not keep all other tests from running.
      if (process.env['CI'] === 'true' || !existsSync(join(fresh, 'cli.js')))
        throw new Error(`The bot does not build:\n${why}`);
      process.stderr.write(`\n!!! The bot builds with type errors:\n${why}\n`);
    });
    for (const file of globSync('**/*.{js,map}', { cwd: fresh })) replace(join(fresh, file), join('dist', file));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function replace(from: string, to: string): void {
  const content = readFileSync(from);
  if (existsSync(to) && readFileSync(to).equals(content)) return;
  mkdirSync(dirname(to), { recursive: true });
  // Beside it and renamed, which is one step only within one file system.
  const beside = `${to}.${process.pid}`;
  writeFileSync(beside, content);
  renameSync(beside, to);
}
