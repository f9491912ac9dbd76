import type { Engine } from '../../../docker/client/engine.ts';
import { execOutput } from '../../../docker/client/exec-output.ts';

/** How an image's `timeout` is called: GNU's and today's busybox, one without `-k`, and busybox before 1.30. */
type Spelling = 'kill-after' | 'kill' | 'old-busybox';

/** Seconds between the request to end and the kill. */
export const KILL_AFTER_S = 5;

const CALLS: Readonly<Record<Spelling, (seconds: number) => readonly string[]>> = {
  'kill-after': (seconds) => ['timeout', '-s', 'TERM', '-k', `${KILL_AFTER_S}`, `${seconds}`],
  kill: (seconds) => ['timeout', '-s', 'KILL', `${seconds}`],
  'old-busybox': (seconds) => ['timeout', '-s', 'KILL', '-t', `${seconds}`],
};

const SPELLINGS: readonly Spelling[] = ['kill-after', 'kill', 'old-busybox'];
const PROBE_S = 5;

/** Bounds programs within their container, where the image can: nothing outside can end them. */
export interface Timeouts {
  /** The words before a program that end it after so many seconds; undefined where the image has no `timeout`. */
  boundOf(
    engine: Engine,
    container: { readonly id: string; readonly imageId: string },
    seconds: number,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
}

/** Remembers the spelling of each image that has one. Held by the process, not by a module. */
export function createTimeouts(): Timeouts {
  const known = new Map<string, Spelling>();
  return {
    async boundOf(engine, { id, imageId }, seconds, signal) {
      const spelling = known.get(imageId) ?? (await probe(engine, id, signal));
      if (spelling !== undefined && imageId !== '') known.set(imageId, spelling);
      return spelling && CALLS[spelling](seconds);
    },
  };
}

async function probe(engine: Engine, id: string, signal: AbortSignal): Promise<Spelling | undefined> {
  for (const spelling of SPELLINGS) {
    const argv = [...CALLS[spelling](PROBE_S), 'true'];
    const { exitCode, stdout } = await execOutput(engine, id, { argv }, { signal, mostBytes: 4096 });
    if (exitCode === 0) return spelling;
    // The engine's own words, where the program could not be started.
    if (stdout.includes('executable file not found')) return undefined;
  }
  return undefined;
}
