import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** Relative to this file, in the source and as built. */
const SCRIPT = import.meta.filename.endsWith('.ts') ? '../../playground/index.ts' : '../playground/index.js';

/** Runs the playground as a process of its own, so that nothing of it is part of the bot. */
export async function playgroundCommand(args: readonly string[]): Promise<number> {
  const script = resolve(import.meta.dirname, SCRIPT);
  // Its page's TypeScript loses its types by a function that Node still calls an experiment.
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    // The channel tells the playground when this process is gone, however it ended.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // The terminal sends Ctrl-C and its own end to both; the playground is the one that tidies up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
