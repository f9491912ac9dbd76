import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = (installed: string) => join(installed, 'dist/cli.js');
const environment = (env: NodeJS.ProcessEnv) => ({ PATH: process.env['PATH'], ...env });

/** The commands as built, run to their end. */
export function cli(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
  installed = process.cwd(),
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const options = { env: environment(env), cwd };
    execFile(process.execPath, [program(installed), ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: `${stdout}${stderr}` }),
    );
  });
}

/** The same at a terminal: each answer is typed when the program has asked for the next one. */
export async function atTerminal(
  args: readonly string[],
  cwd: string,
  answers: readonly string[],
): Promise<{ readonly code: number | null; readonly out: string }> {
  const line = [process.execPath, program(process.cwd()), ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd, env: environment({ TERM: 'dumb' }) });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let out = '';
  let asked = 0;
  const left = [...answers];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8');
    const prompts = out.match(/^(?:> |.*\[y\/N\] )/gmu)?.length ?? 0;
    for (; asked < prompts && left.length > 0; asked += 1) child.stdin.write(`${left.shift()}\n`);
  });
  const [code] = await ended;
  return { code, out: out.replaceAll('\r', '') };
}
