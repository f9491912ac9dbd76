import type { NoArgs } from '../../commands/language/no-args.ts';
import { FUNCTION_KINDS, functionOf } from '../../domain/function-name.ts';
import { ASK_CARD, DEPLOY_CARD } from '../../store/cards.ts';
import type { KnownReplica } from '../../store/replicas.ts';
import { plannedOn } from '../deploy/deployment-lines.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import type { Backlog, CalledFunction, StatusFacts } from './facts.ts';
import { problemsOf, type StatusProblem } from './problems.ts';
import type { SeenReplica } from './seen.ts';

export interface StatusResult extends Timed, StatusFacts {
  /** The worst first; none when all is well. */
  readonly problems: readonly StatusProblem[];
}

/** Fairlead itself, as the replica that answers sees it. */
export const status = handler<NoArgs, StatusResult>()(
  ['now', 'replicas', 'slack', 'store'],
  async (request, { now, replicas, slack, store }, run) => {
    const asked = performance.now();
    const running = await store.deployments.running();
    const ms = Math.round((performance.now() - asked) * 10) / 10;
    const [seen, known, pending, deployCards, askCards, notes, jobs] = await Promise.all([
      replicas.list(run.signal),
      store.replicas.list(),
      store.approvals.pending({ now: now() }),
      store.cards.outdated(DEPLOY_CARD),
      store.cards.outdated(ASK_CARD),
      store.outbox.backlog(),
      store.jobs.backlog(),
    ]);
    const backlogOf = ({ count, oldestAt }: Awaited<typeof notes>): Backlog => ({
      count,
      oldestMs: oldestAt === undefined ? undefined : Math.max(0, now() - oldestAt),
    });
    const names = namesOf(seen);
    const here = running.filter(({ channel }) => channel === request.channel);
    const read = await Promise.all(here.map(({ id }) => store.deployments.get(id)));
    const planned = plannedOn(
      read.filter((one) => one !== undefined),
      request.hosts,
    );
    const shown = new Set(planned.map(({ deployment }) => deployment.id));
    const facts: StatusFacts = {
      replicas: seen.map((one) => ({
        ...one,
        name: names.get(one.id) ?? one.machine,
        deployments: running.filter(({ owner, state }) => state === 'running' && owner === one.id).length,
      })),
      functions: functionsOf(known, now()),
      jobs: backlogOf(jobs),
      deployments: running.map(({ id, service, state, owner = '' }) => ({
        service: shown.has(id) ? service : undefined,
        state,
        by: state === 'running' ? names.get(owner) : undefined,
      })),
      approvals: pending.length,
      outdatedCards: deployCards.length + askCards.length,
      outbox: backlogOf(notes),
      database: { software: store.software, ms, aheadMs: store.time.aheadMs() },
      slack: { kind: slack.kind, state: slack.state() },
    };
    return { ...timed(request, now(), []), ...facts, problems: problemsOf(facts) };
  },
);

function functionsOf(known: readonly KnownReplica[], now: number): readonly CalledFunction[] {
  return FUNCTION_KINDS.flatMap((kind) => {
    const called = known.find(({ id }) => id === functionOf(kind));
    return called ? [{ kind, agoMs: Math.max(0, now - called.seenAt) }] : [];
  });
}

/** The name of each replica: its machine, with the number of the process where several run on one. */
function namesOf(seen: readonly SeenReplica[]): ReadonlyMap<string, string> {
  const onMachine = Map.groupBy(seen, ({ machine }) => machine);
  return new Map(
    seen.map(({ id, machine }) => {
      const [, pid = ''] = id.split('/');
      return [id, (onMachine.get(machine)?.length ?? 0) > 1 ? `${machine}/${pid}` : machine];
    }),
  );
}
