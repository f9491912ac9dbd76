import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { functionName } from '../../domain/function-name.ts';
import { ulid } from '../../domain/ulid.ts';
import { bootId } from '../../machine.ts';

/** Two heartbeats: a single late one proves nothing. */
const SILENT_MS = 6000;

/** The namespace of process ids: containers have their own, and two machines may share a host name. */
function numbering(): string {
  try {
    return `${bootId()}-${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** The machine in the names of its processes. Of functions, only silence tells that one has ended. */
const MACHINE = process.env['AWS_LAMBDA_FUNCTION_NAME'] === undefined ? hostname() : functionName(Date.now());

/** A name of this process that lets others on the same machine see whether it still runs. */
export function ownerName(): string {
  return [MACHINE, process.pid, ulid(Date.now()), numbering()].join('/');
}

/** Whether an owner that has been silent for `silentMs` has surely ended. */
export function isGone(owner: string, silentMs: number): boolean {
  const [machine, pid, , where] = owner.split('/');
  if (machine !== MACHINE) return false;
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
