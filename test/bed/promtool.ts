import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import { canInstall, installPackages, missingPackages } from '../../playground/engine/packages.ts';
import { PROMETHEUS_PACKAGES } from './prometheus-packages.ts';

const run = promisify(execFile);

const isMissing = () => missingPackages(PROMETHEUS_PACKAGES).length > 0;
const canRun = !isMissing() || canInstall();
if (!canRun && process.env['CI'] === 'true')
  throw new Error('With CI=true the tests must not be skipped, but Prometheus takes root on Debian or Ubuntu.');

/** `describe` for tests that need a real Prometheus. */
export const describeWithPrometheus = describe.skipIf(!canRun);

export async function installPrometheus(): Promise<void> {
  if (isMissing()) await installPackages(missingPackages(PROMETHEUS_PACKAGES));
}

/** Runs promtool; resolves to what it prints, rejects with that where it fails. */
export async function promtool(...words: readonly string[]): Promise<string> {
  await installPrometheus();
  try {
    const { stdout } = await run('promtool', words, { timeout: 30_000 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${stdout}${stderr}`);
  }
}
