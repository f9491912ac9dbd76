import { parentPort, workerData } from 'node:worker_threads';
import { attacksOn, textOf } from './attack.ts';
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

/** Characters of an attack: what a stranger sends in one go. */
const LENGTH = 100_000;
/**
 * Each attack is tried at a tenth of its length first. What takes too long in all takes longer than this share of it there:
 * a tenth where its time grows with the length, a hundredth with its square; with its cube it does not end.
 */
const FIRST = { length: LENGTH / 10, share: 1 / 200 };

/** Before a text, so that the watch knows for how long one takes. */
let saidAt = 0;
const SAY_MS = 500;
function sayAlive(): void {
  if (performance.now() - saidAt < SAY_MS) return;
  saidAt = performance.now();
  parentPort?.postMessage({});
}

function worst(found: Found, most: number): Judged {
  const all = new RegExp(found.source, found.flags.includes('g') ? found.flags : `${found.flags}g`);
  // As the program does: once from the beginning, or everywhere.
  const msFor = (text: string) => {
    sayAlive();
    return spent(() => void text.replace(all, ''));
  };
  let slowest = { ms: 0, text: '' };
  for (const attack of attacksOn(found.source, found.flags)) {
    let text = textOf(attack, FIRST.length);
    let ms = msFor(text);
    if (ms <= most * FIRST.share) continue;
    if (ms <= most) {
      text = textOf(attack, LENGTH);
      ms = msFor(text);
    }
    // Compiling, a collection of garbage and cold caches of a busy machine are no work of the expression; nor do they take
    // ten times as long as it may.
    for (let again = 0; again < 5 && ms > most && ms < 10 * most; again += 1) ms = Math.min(ms, msFor(text));
    if (ms > slowest.ms) slowest = { ms, text: text.slice(0, 80) };
    if (ms > most) break;
  }
  return { ...found, ...slowest };
}

const { regexes, most } = workerData as { readonly regexes: readonly Found[]; readonly most: number };
for (const found of regexes) parentPort?.postMessage({ judged: worst(found, most) });
