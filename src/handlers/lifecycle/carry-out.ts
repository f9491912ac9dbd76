import type { Engine } from '../../docker/client/engine.ts';
import { asText } from '../../domain/phrase.ts';
import { diagnoseFor } from '../containers/why/diagnosed.ts';
import type { Deps } from '../deps.ts';
import { settle, timed } from '../over-hosts.ts';
import type { HostFailure, Request } from '../request.ts';
import { perform } from './perform.ts';
import { termsOf } from './terms.ts';
import type { Acted, ActedHost, ActedResult, ActingReport, LifecyclePlan, Target } from './types.ts';
import { WORDS } from './words.ts';

/** One plan that is carried out, for whom, and who said yes. */
export interface Carrying {
  readonly plan: LifecyclePlan;
  readonly requestedBy: string;
  /** Whose yes it took; the requester's own where nobody was asked. */
  readonly request: Request;
  readonly signal: AbortSignal;
  progress(report: ActingReport): void;
}

/** Room for a host's own calls beside the waiting that an action is made of. */
const CALLS_MS = 120_000;
const MOST_STOP_MS = 600_000;

type HostPlan = LifecyclePlan['hosts'][number];

/**
 * Carries a plan out on the containers that it names by id, and on no others. Hosts have their turn together; a restart
 * takes one container after the other, and stops at the first that does not get healthy.
 */
export async function carryOut(
  carrying: Carrying,
  deps: Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'specs'>,
): Promise<ActedResult> {
  const { plan, requestedBy, request } = carrying;
  const board = new Board(carrying);
  const isInTurn = plan.act.action === 'restart';
  const lost: HostFailure[] = [];
  const turns = isInTurn ? plan.hosts.map((host) => [host]) : [plan.hosts];
  for (const turn of turns) {
    if (isInTurn && board.hasFailed()) break;
    lost.push(...(await actOn(turn, { carrying, board }, deps)));
    if (isInTurn && lost.length > 0) break;
  }
  const hosts = board.hosts(lost);
  const failed = hosts.flatMap(({ host, containers }) =>
    containers
      .filter(({ verdict }) => verdict === 'failed' || verdict === 'unknown')
      .map((one) => failureOf(host, one)),
  );
  return {
    kind: 'lifecycle-acted',
    action: plan.act.action,
    requestedBy,
    answeredBy: request.person,
    hosts,
    lost,
    ...timed(request, deps.now(), [...lost, ...failed]),
    audit: auditOf(hosts),
  };
}

/** Acts on some hosts at once, on each on one container after the other; resolves to the hosts that could not be used. */
async function actOn(
  turn: readonly HostPlan[],
  { carrying, board }: { readonly carrying: Carrying; readonly board: Board },
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'specs'>,
): Promise<readonly HostFailure[]> {
  const { plan, request, signal } = carrying;
  const byHost = new Map(turn.map(({ host, targets }) => [host, targets]));
  const work = async (engine: Engine, host: string) => {
    for (const target of byHost.get(host) ?? []) {
      if (plan.act.action === 'restart' && board.hasFailed()) return;
      const terms = termsOf(target.service, deps.config);
      const say = (words: string) => board.say(host, target, words);
      say(WORDS[plan.act.action].ing);
      const acted = await perform({ engine, host, target, act: plan.act, terms, redact: deps.redact, signal, say });
      const isDown = acted.verdict === 'failed' && (plan.act.action === 'start' || plan.act.action === 'restart');
      const suspect = { engine, host, id: target.id };
      // It only adds to what is known: the container cannot be inspected where it is gone.
      const why = isDown ? await diagnoseFor(request, suspect, deps, { signal }).catch(() => undefined) : undefined;
      board.set(host, { ...acted, ...(why ? { why } : {}) });
    }
  };
  const deadlineMs = Math.max(0, ...turn.map(({ targets }) => deadlineOf(targets, deps)));
  return settle(await deps.hosts.each([...byHost.keys()], work, { signal, deadlineMs }), deps.redact).failures;
}

function deadlineOf(targets: readonly Target[], { config }: Pick<Deps, 'config'>): number {
  const each = targets.map(({ service }) => {
    const { healthyWithin, stableFor } = termsOf(service, config);
    return healthyWithin + 2 * stableFor + MOST_STOP_MS;
  });
  return each.reduce((sum, ms) => sum + ms, CALLS_MS);
}

/** What became of each container so far. */
class Board {
  readonly #done = new Map<string, Acted>();
  readonly #words = new Map<string, string>();
  readonly #carrying: Carrying;

  constructor(carrying: Carrying) {
    this.#carrying = carrying;
  }

  say(host: string, { id }: Target, words: string): void {
    this.#words.set(keyOf(host, id), words);
    this.#report();
  }

  set(host: string, acted: Acted): void {
    this.#done.set(keyOf(host, acted.id), acted);
    this.#words.set(keyOf(host, acted.id), asText(acted.said));
    this.#report();
  }

  hasFailed(): boolean {
    return [...this.#done.values()].some(({ verdict }) => verdict === 'failed' || verdict === 'unknown');
  }

  /** Everything that was planned: what had no turn is skipped, what was under way on a host that was lost is unknown. */
  hosts(lost: readonly HostFailure[]): ActedHost[] {
    return this.#carrying.plan.hosts.map(({ host, targets }) => ({
      host,
      containers: targets.map((target) => this.#done.get(keyOf(host, target.id)) ?? this.#without(host, target, lost)),
    }));
  }

  #without(host: string, { id, name }: Target, lost: readonly HostFailure[]): Acted {
    const hasBegun = this.#words.has(keyOf(host, id));
    const { past } = WORDS[this.#carrying.plan.act.action];
    if (hasBegun && lost.some((failure) => failure.host === host))
      return { id, name, verdict: 'unknown', said: `may or may not be ${past}`, notes: [] };
    return { id, name, verdict: 'skipped', said: `was not ${past}: one before it failed`, notes: [] };
  }

  #report(): void {
    const { plan, progress } = this.#carrying;
    const hosts = plan.hosts.map(({ host, targets }) => ({
      host,
      containers: targets.map(({ id, name }) => ({ name, words: this.#words.get(keyOf(host, id)) ?? 'waiting' })),
    }));
    progress({ action: plan.act.action, hosts });
  }
}

const keyOf = (host: string, id: string) => `${host} ${id}`;

function failureOf(host: string, { name, said, tryThis = '' }: Acted): HostFailure {
  return { host, summary: `${name} ${asText(said)}.`, engineSaid: '', tryThis };
}

/** For the audit log: every container by name and id. */
function auditOf(hosts: readonly ActedHost[]): string {
  return hosts
    .flatMap(({ host, containers }) =>
      containers.map(
        ({ name, id, verdict, said }) => `${host}: ${name} (${id.slice(0, 12)}) ${verdict}: ${asText(said)}`,
      ),
    )
    .join('; ');
}
