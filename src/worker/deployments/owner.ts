import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { ulid } from '../../domain/ulid.ts';
import { bootId } from '../../machine.ts';

/** Two heartbeats: one that is late is not yet a sign. */
const SILENT_MS = 6000;

/** Where process numbers mean the same: a container counts its own, and two machines may have one name. */
function numbering(): string {
  try {
    return `${bootId()}-${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Names a process so that another on the same machine can tell whether it still lives. */
export function ownerName(): string {
  return [hostname(), process.pid, ulid(Date.now()), numbering()].join('/');
}

/** Whether who said nothing for so many milliseconds is surely gone, and need not be waited for. */
export function isGone(owner: string, silentMs: number): boolean {
  const [machine, pid, , where] = owner.split('/');
  if (machine !== hostname()) return false;
  // A restarted container has the name of the one before, and that is all that is known of it; of a neighbour too.
  if (where !== numbering()) return silentMs >= SILENT_MS;
  // A process starts one runner: its own number under another life is one before it.
  return Number(pid) === process.pid || !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}
