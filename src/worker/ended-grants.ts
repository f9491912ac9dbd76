import { sayExitCode } from '../domain/exit-code.ts';
import { newNote } from '../handlers/deploy/card/new-note.ts';
import type { Deps } from '../handlers/deps.ts';
import { GRANTED_IN } from '../handlers/grants/approval.ts';
import { type ExecGrant, isFromAhead } from '../store/exec-grants.ts';
import type { ExecRecord } from '../store/execs.ts';
import type { NewNote } from '../store/outbox.ts';
import { readNoteOrNone } from './note-or-none.ts';

/** Commands that a summary names. */
const MOST_RUNS = 20;

type GrantDeps = Pick<Deps, 'log' | 'now' | 'store'>;

/** Says what was run under each grant that is over: once over all processes, after a restart too. */
export async function tellEndedGrants(deps: GrantDeps): Promise<void> {
  const at = deps.now();
  await deps.store.execGrants.over(
    at,
    readNoteOrNone(deps, (grant) => summaryOf(grant, at, deps)),
  );
}

async function summaryOf(grant: ExecGrant, at: number, { log, store }: GrantDeps): Promise<NewNote | undefined> {
  if (grant.integrity === 'forged') {
    log.error({ grant: grant.id }, 'A grant is not signed by Fairlead');
    return undefined;
  }
  const all = await store.execs.ofGrant(grant.id);
  const { person, approvedBy, container, host, reason, endedBy, channel } = grant;
  const runs = all.slice(0, MOST_RUNS).map((one) => ({ line: one.line, how: howEnded(one) }));
  const told = { person, approvedBy, container, host, reason, endedBy, runs, count: all.length };
  const clockSetBack = endedBy === undefined && isFromAhead(grant, at) ? { clockSetBack: true } : {};
  const message = await store.cards.get(grant.id, GRANTED_IN);
  return newNote(
    { to: channel, thread: message?.thread ?? message?.ts },
    { kind: 'grant-over', ...told, ...clockSetBack },
    at,
  );
}

function howEnded({ end }: ExecRecord): string {
  if (!end) return 'its end is not on record';
  return end.ended === 'exited' ? sayExitCode(end.exitCode ?? 0) : end.ended.replace('-', ' ');
}
