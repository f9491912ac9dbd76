import { readdirSync, readFileSync } from 'node:fs';

/** Every process that has this folder for temporary files in its environment, started by anybody. */
export function processesOf(folder: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const isIt = /^\d+$/u.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(`TMPDIR=${folder}\0`);
      return isIt ? [Number(name)] : [];
    } catch {
      // It is gone, or a kernel's.
      return [];
    }
  });
}

/** The command line of a process; `gone` once it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return 'gone';
  }
}
