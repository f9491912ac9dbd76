import { parentPort, workerData } from 'node:worker_threads';
import { attacksOn } from './attack.ts';
import type { Found } from './find.ts';

/** What an expression did with the attack that took it longest. */
export interface Judged extends Found {
  readonly ms: number;
  readonly text: string;
}

// Time of this thread on the processor: on a busy machine time on the wall says little.
function spent(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function worst(found: Found, most: number): Judged {
  const all = new RegExp(found.source, found.flags.includes('g') ? found.flags : `${found.flags}g`);
  let slowest = { ms: 0, text: '' };
  for (const text of attacksOn(found.source, found.flags)) {
    // As the program does: once from the beginning, or everywhere.
    const run = () => void text.replace(all, '');
    let ms = spent(run);
    // Compiling, a collection of garbage and cold caches of a busy machine are no work of the expression; nor do they take
    // ten times as long as it may.
    for (let again = 0; again < 5 && ms > most && ms < 10 * most; again += 1) ms = Math.min(ms, spent(run));
    if (ms > slowest.ms) slowest = { ms, text: text.slice(0, 80) };
    if (ms > most) break;
  }
  return { ...found, ...slowest };
}

const { regexes, most } = workerData as { readonly regexes: readonly Found[]; readonly most: number };
for (const found of regexes) {
  parentPort?.postMessage({ started: found });
  parentPort?.postMessage({ judged: worst(found, most) });
}
