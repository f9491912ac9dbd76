import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../domain/errors.ts';

/** The demo belongs to the source: it brings a local Slack and an engine that nobody should install on a server. */
export async function playgroundCommand(args: readonly string[]): Promise<number> {
  const script = resolve(import.meta.dirname, '../../playground/index.ts');
  if (!existsSync(script))
    throw new UserError(
      'not_found',
      'The playground comes with the source, not with the installed package.',
      'Clone the repository and run `npm ci && npm run playground` in it.',
    );
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
