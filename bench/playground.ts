import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median } from './measure.ts';
import type { Stage } from './stage.ts';

const ROUNDS = 3;

/** From the command to the page, beside an engine that is up. */
export async function playground(stage: Stage): Promise<void> {
  const engine = await stage.engine();
  const took: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const started = performance.now();
    const child = spawn('npm', ['run', 'playground'], {
      env: { ...process.env, DOCKER_HOST: `unix://${engine}` },
      stdio: ['ignore', 'pipe', 'inherit'],
      // npm hands no signal on, so its group is told.
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
  stage.fact('playground: command to page', median(took), 'ms', 5000);
}
