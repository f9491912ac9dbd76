import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BenchEnvironment } from './environment.ts';
import { median } from './measure.ts';

const ROUNDS = 3;

/** The time from the command to the first page, with an engine that already runs. */
export async function playground(bench: BenchEnvironment): Promise<void> {
  const engine = await bench.engine();
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const child = spawn('npm', ['run', 'playground'], {
      env: { ...process.env, DOCKER_HOST: `unix://${engine}` },
      stdio: ['ignore', 'pipe', 'inherit'],
      // npm passes no signal on, so the signal goes to its process group.
      detached: true,
    });
    const ended = once(child, 'exit');
    const url = await new Promise<string>((resolve) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString('utf8');
        const found = /Open (http:\/\/\S+) in a browser/u.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    await (await fetch(url)).text();
    took.push(performance.now() - started);
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await Promise.all([ended, once(child.stdout, 'close')]);
  }
  bench.fact('playground: command to page', median(took), 'ms', 5000);
}
