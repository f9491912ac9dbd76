import { loadavg } from 'node:os';
import { acknowledge } from './acknowledge.ts';
import { deploy } from './deploy.ts';
import { type BenchEnvironment, withEnvironment } from './environment.ts';
import { fleet } from './fleet.ts';
import { lambda } from './lambda.ts';
import { largeDeploy } from './large-deploy.ts';
import { largeFleet } from './large-fleet.ts';
import { lists } from './lists.ts';
import { logs } from './logs.ts';
import { playground } from './playground.ts';
import { replicas } from './replicas.ts';
import { signatures } from './signatures.ts';
import { start } from './start.ts';
import { stats } from './stats.ts';
import { heading } from './table.ts';

/**
 * The benchmarks by name. Each starts what it needs, measures Fairlead and what it is compared with in turn, and prints
 * rows.
 */
const BENCHES: Readonly<Record<string, (environment: BenchEnvironment) => Promise<void>>> = {
  start,
  playground,
  acknowledge,
  lists,
  logs,
  stats,
  signatures,
  fleet,
  'large-fleet': largeFleet,
  'large-deploy': largeDeploy,
  deploy,
  replicas,
  lambda,
};

/** Runs all benchmarks (`npm run bench`), or the named ones (`npm run bench -- logs lists`). */
async function main(wanted: readonly string[]): Promise<number> {
  const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
  if (unknown.length > 0) {
    process.stderr.write(
      `Unknown benchmark ${unknown.join(', ')}. The benchmarks are ${Object.keys(BENCHES).join(', ')}.\n`,
    );
    return 2;
  }
  process.stdout.write(
    `Load before: ${load()}. A ratio of times below 1 means that Fairlead is faster.\n\n${heading()}`,
  );
  for (const [name, run] of Object.entries(BENCHES))
    if (wanted.length === 0 || wanted.includes(name)) await withEnvironment(run);
  process.stdout.write(`\nLoad after: ${load()}.\n`);
  return 0;
}

function load(): string {
  return loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
}

process.exitCode = await main(process.argv.slice(2));
