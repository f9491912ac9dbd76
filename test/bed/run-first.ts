import type { ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';

/**
 * Lets a process that has three seconds to answer Slack run before the tests beside it, as it would on a machine of its own.
 * That takes root; elsewhere nothing changes.
 */
export function runFirst({ pid }: ChildProcess): void {
  if (pid === undefined || process.getuid?.() !== 0) return;
  try {
    setPriority(pid, -10);
  } catch {
    // It has ended, or root may not do that here.
  }
}
