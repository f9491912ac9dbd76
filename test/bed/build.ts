import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build as bundle } from 'rolldown';
import config from '../../rolldown.config.ts';
import { engineClient } from '../../rolldown.docker.ts';
import lambda from '../../rolldown.lambda.config.ts';

/**
 * Builds `dist` for the end-to-end tests, which run the bot as it is shipped; its types are checked by `npm run check`.
 * Only files that changed are replaced, each in one step: another test run on this checkout may be starting the same bot.
 */
export async function build(): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), 'fairlead-build-'));
  try {
    await bundle({ ...config, output: { ...config.output, dir: fresh } });
    await bundle({ ...lambda, output: { ...lambda.output, dir: join(fresh, 'lambda') } });
    for (const file of globSync('**/*.*', { cwd: fresh })) replace(join(fresh, file), join('dist', file));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Bundles a program of the tests, which starts in half of the processor time then; returns its file in `dir`. */
export async function bundleProgram(source: string, dir: string): Promise<string> {
  const { output } = await bundle({ ...config, input: source, plugins: [engineClient], output: { dir } });
  return join(dir, output[0].fileName);
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
