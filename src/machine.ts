import { readFileSync } from 'node:fs';

/** A point in time by the kernel's clock, which nobody sets: comparable between processes of one machine until it restarts. */
export interface Moment {
  /** Tells one run of the kernel from another, for containers too; empty where the system does not say. */
  readonly boot: string;
  readonly ms: number;
}

export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** The moment so many milliseconds ahead. */
export function momentIn(ms: number): Moment {
  return { boot: bootId(), ms: Math.round(Number(process.hrtime.bigint() / 1_000_000n)) + ms };
}

/**
 * Milliseconds from one moment to another, as they were read from a store; undefined when they are of different machines, or
 * of one that was restarted in between.
 */
export function msBetween(from: unknown, to: unknown): number | undefined {
  const [a, b] = [from ?? {}, to ?? {}] as [
    Partial<Record<keyof Moment, unknown>>,
    Partial<Record<keyof Moment, unknown>>,
  ];
  if (typeof a.ms !== 'number' || typeof b.ms !== 'number' || !a.boot || a.boot !== b.boot) return undefined;
  return b.ms - a.ms;
}
