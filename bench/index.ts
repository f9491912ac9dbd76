import { loadavg } from 'node:os';
import { acknowledge } from './acknowledge.ts';
import { deploy } from './deploy.ts';
import { fleet } from './fleet.ts';
import { lists } from './lists.ts';
import { logs } from './logs.ts';
import { playground } from './playground.ts';
import { onStage, type Stage } from './stage.ts';
import { start } from './start.ts';
import { heading } from './table.ts';

/** Each is a room of its own: it sets its scene, measures ours and the other in turn, and writes its rows. */
const BENCHES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  start,
  playground,
  acknowledge,
  lists,
  logs,
  fleet,
  deploy,
};

/** `npm run bench` runs them all, `npm run bench -- logs lists` those. */
async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}.\n`);
    return 2;
  }
  process.stdout.write(`Load before: ${load()}. Ratios of times: less is better for us.\n\n${heading()}`);
  for (const [name, bench] of Object.entries(BENCHES))
    if (wanted.length === 0 || wanted.includes(name)) await onStage(bench);
  process.stdout.write(`\nLoad after: ${load()}.\n`);
  return 0;
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
}

process.exitCode = await main(process.argv.slice(2));
