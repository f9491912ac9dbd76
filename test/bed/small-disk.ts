import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A disk of so many megabytes, in that folder, that can be filled to the last byte. An engine unmounts what is in its folder. */
export function smallDisk(
  folder: string,
  megabytes: number,
): { fill(): void; empty(): void; readOnly(): void; unmount(): void } & Disposable {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'fairlead', folder]);
  const filler = join(folder, 'filler');
  const unmount = () => void execFileSync('umount', ['-l', folder]);
  return {
    unmount,
    [Symbol.dispose]: unmount,
    readOnly: () => void execFileSync('mount', ['-o', 'remount,ro', folder]),
    empty: () => rmSync(filler, { force: true }),
    fill() {
      const file = openSync(filler, 'w');
      try {
        for (const chunk of [Buffer.alloc(1 << 20), Buffer.alloc(4096), Buffer.alloc(1)])
          for (let wrote = 1; wrote > 0; ) wrote = tryWrite(file, chunk);
      } finally {
        closeSync(file);
      }
    },
  };
}

function tryWrite(file: number, chunk: Buffer): number {
  try {
    return writeSync(file, chunk);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') return 0;
    throw error;
  }
}
