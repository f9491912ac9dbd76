import { Worker } from 'node:worker_threads';
import type { Found } from './find.ts';
import type { Judged } from './worker.ts';

/** An expression that takes longer than this on one text will not come back in a test's time. */
const RUNAWAY_MS = 8000;

/** Attacks each expression in a thread of its own, which is ended when one runs away. Those over `most` milliseconds. */
export async function slowOnes(regexes: readonly Found[], most: number): Promise<string[]> {
  const slow: string[] = [];
  let left = regexes;
  while (left.length > 0) {
    const done = await attack(left, most);
    for (const { file, line, source, ms, text } of done.filter((one) => one.ms > most))
      slow.push(`${file}:${line} /${source}/ took ${ms.toFixed(0)} ms for ${JSON.stringify(text)}…`);
    const stuck = left[done.length];
    if (stuck) slow.push(`${stuck.file}:${stuck.line} /${stuck.source}/ did not end`);
    left = left.slice(done.length + 1);
  }
  return slow;
}

function attack(regexes: readonly Found[], most: number): Promise<Judged[]> {
  const done: Judged[] = [];
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { regexes, most } });
    let timer: NodeJS.Timeout | undefined;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => void worker.terminate(), RUNAWAY_MS);
    };
    worker.on('message', ({ judged }: { judged?: Judged }) => {
      if (judged) done.push(judged);
      watch();
    });
    worker.on('error', reject);
    worker.on('exit', () => {
      clearTimeout(timer);
      resolve(done);
    });
  });
}
