import type { Engine } from '../../../docker/client/engine.ts';
import { execOutput } from '../../../docker/client/exec-output.ts';

/** The variable by which the processes of one exec are found again: children inherit it. */
export const MARK = 'FAIRLEAD_EXEC';

/** Ours, never with a word of anybody else's in it: ends every process with the mark it is given, and counts what is left. */
const SCRIPT = `m=$1
s() { n=0; for p in /proc/[0-9]*; do
if tr '\\0' '\\n' <"$p/environ" 2>/dev/null | grep -qx "$m"; then n=$((n+1)); kill "-$1" "\${p#/proc/}" 2>/dev/null; fi
done; }
s TERM
[ $n = 0 ] || { sleep 1; s KILL; sleep 1; s 0; }
echo "left $n"`;

const WITHIN_MS = 15_000;

/**
 * Ends the processes of an exec, as its own user, in an image that has a shell with the usual tools. True when none is
 * left; false where that is not known: then only the bound in the container ends them.
 */
export async function endLeft(
  engine: Engine,
  containerId: string,
  { id, user }: { readonly id: string; readonly user: string | undefined },
): Promise<boolean> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const argv = ['sh', '-c', SCRIPT, 'sh', `${MARK}=${id}`];
  try {
    const { stdout, exitCode } = await execOutput(engine, containerId, { argv, user }, { signal, mostBytes: 4096 });
    return exitCode === 0 && stdout.toString().trim() === 'left 0';
  } catch {
    return false;
  }
}
