import { readFileSync } from 'node:fs';

/** Tells one run of this machine's kernel from another, for containers too; empty where the system does not say. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Milliseconds by the kernel's clock that nobody sets. Under one `bootId`, it is the same clock for every process. */
export const kernelMs = (): number => Math.round(Number(process.hrtime.bigint() / 1_000_000n));
