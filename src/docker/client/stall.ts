import { type Deadline, deadline } from './abort.ts';
import { MAX_LAYERS, type ProgressLine, type TransferWords } from './progress-lines.ts';

/**
 * Bytes that must move in a second, on average over the longest time without progress. At this speed a gigabyte takes a week:
 * a transfer that is slower would only occupy its place on the host until its last deadline.
 */
const LEAST_BYTES_PER_S = 1500;

/**
 * The end of a transfer that goes on and on, in milliseconds. Images of 30 GB over a slow line take hours, and docker has no
 * such limit: what stands still is ended long before, and a pull can be stopped by its person.
 */
export const LONGEST_TRANSFER_MS = 6 * 3_600_000;

/** Aborts its signal at the end of the longest time that a transfer may take. */
export const transferDeadline = ({ noun }: TransferWords, ms: number): Deadline =>
  deadline(ms, `The ${noun} timed out after ${ms / 3_600_000} h.`, 'stalled');

export interface StallGuard extends Pick<Deadline, 'signal' | 'clear'> {
  /** Judges whether a line is progress. */
  hear(line: ProgressLine): void;
}

/** Aborts its signal when a transfer makes no progress for `ms` milliseconds, or next to none: a trickle is a stall too. */
export function guardAgainstStall({ noun, moving }: TransferWords, ms: number): StallGuard {
  const seen = new Map<string, number>();
  let moved = 0;
  const words = () =>
    moved === 0
      ? `The ${noun} made no progress for ${ms / 1000} s.`
      : `The ${noun} has nearly stopped: ${moved} bytes in ${ms / 1000} s.`;
  const quiet = deadline(ms, words, 'stalled');
  const restart = () => {
    moved = 0;
    quiet.restart();
  };
  return {
    signal: quiet.signal,
    clear: quiet.clear,
    hear({ id, status, progressDetail }) {
      if (status !== moving) return restart();
      const layer = id ?? '';
      if (!seen.has(layer) && seen.size >= MAX_LAYERS) return;
      const current = progressDetail?.current ?? 0;
      moved += Math.max(0, current - (seen.get(layer) ?? 0));
      seen.set(layer, current);
      if (moved >= (LEAST_BYTES_PER_S * ms) / 1000) restart();
    },
  };
}
