import { sayExitCode } from '../domain/exit-code.ts';
import type { Deps } from '../handlers/deps.ts';
import { GRANTED_IN } from '../handlers/grants/approval.ts';
import type { ExecRecord } from '../store/execs.ts';

/** Commands that a summary names. */
const MOST_RUNS = 20;

/** Says what was run under each grant that is over: once over all processes, after a restart too. */
export async function tellEndedGrants({
  board,
  log,
  now,
  store,
}: Pick<Deps, 'board' | 'log' | 'now' | 'store'>): Promise<void> {
  for (const grant of await store.execGrants.over(now())) {
    if (grant.integrity === 'forged') {
      log.error({ grant: grant.id }, 'A grant is not signed by Fairlead');
      continue;
    }
    const all = await store.execs.ofGrant(grant.id);
    const { person, approvedBy, container, host, reason, endedBy, channel } = grant;
    const runs = all.slice(0, MOST_RUNS).map((one) => ({ line: one.line, how: howEnded(one) }));
    const told = { person, approvedBy, container, host, reason, endedBy, runs, count: all.length };
    const message = await store.cards.get(grant.id, GRANTED_IN);
    await board.tell(channel, { kind: 'grant-over', ...told }, message?.thread ?? message?.ts);
  }
}

function howEnded({ end }: ExecRecord): string {
  if (!end) return 'its end is not on record';
  return end.ended === 'exited' ? sayExitCode(end.exitCode ?? 0) : end.ended.replace('-', ' ');
}
