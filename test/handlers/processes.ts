import { connectEngine } from '../../src/docker/client/connect.ts';
import { execOutput } from '../../src/docker/client/exec-output.ts';

const LIST = ['ps', '-o', 'args'];

/** What a container of busybox runs, one command line each; asked within it, since not every engine has a `ps` of its own. */
export async function processes(socketPath: string, id: string): Promise<string[]> {
  const engine = connectEngine({ kind: 'unix', socketPath });
  const bounds = { signal: AbortSignal.timeout(30_000), mostBytes: 1_000_000 };
  const { stdout } = await execOutput(engine, id, { argv: LIST }, bounds);
  await engine.close();
  const [, ...lines] = stdout.toString().trimEnd().split('\n');
  // What has ended and is not reaped, as no PID 1 of these tests does, has no command line.
  return lines.map((line) => line.trim()).filter((line) => line !== LIST.join(' ') && !/^\[.+\]$/u.test(line));
}
