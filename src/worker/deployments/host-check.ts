import { explain } from '../../docker/client/cause.ts';
import type { EngineError } from '../../docker/client/engine-error.ts';
import { HOSTS_AT_ONCE } from '../../docker/limits/hosts.ts';
import { prepareHost } from '../../docker/rollout/plan.ts';
import { staleReasons } from '../../docker/rollout/stale.ts';
import { UserError } from '../../domain/errors.ts';
import { joinPhrases, type Phrase } from '../../domain/phrase.ts';
import { planFor } from '../../handlers/deploy/journal.ts';
import { mustAllow } from '../../handlers/deploy/planning/allowed.ts';
import { wantedOf } from '../../handlers/deploy/planning/target.ts';
import type { DeploymentRun } from './deployment-run.ts';

/** Time for checking one host of a deployment, in milliseconds. */
const CHECK_MS = 20_000;

export const isRemovedFromConfig = ({ deps }: DeploymentRun, host: string) => !deps.hosts.names.includes(host);
export const REMOVED = 'the host is no longer in the config.';

/** The reason for each host that changed since the plan was made, or cannot be checked. */
export async function blockedHosts(run: DeploymentRun, hosts: readonly string[]): Promise<ReadonlyMap<string, Phrase>> {
  const { plan, prepared, deps, signal } = run;
  const wanted = wantedOf(plan, deps.config);
  // Hosts whose turn comes later are planned again before it, since those before them take minutes.
  const next = new Set(plan.waves[0]?.slice(0, HOSTS_AT_ONCE));
  const known = hosts.filter((host) => !isRemovedFromConfig(run, host));
  const outcomes = await deps.hosts.each(
    known,
    async (engine, host) => {
      try {
        const found = await prepareHost(engine, host, wanted, { signal });
        mustAllow(plan, found.plan, deps.config);
        if (next.has(host)) prepared.set(host, found);
        const reasons = staleReasons(planFor(plan, host), found);
        return reasons.length > 0 ? hostChanged(reasons.map(({ text }) => text).join(' ')) : undefined;
      } catch (error) {
        const why = userMessage(error);
        if (why === undefined) throw error;
        return why;
      }
    },
    { signal, deadlineMs: CHECK_MS },
  );
  const blocked = new Map<string, Phrase>();
  for (const host of hosts) if (isRemovedFromConfig(run, host)) blocked.set(host, REMOVED);
  for (const outcome of outcomes) {
    const why = outcome.ok ? outcome.value : checkFailed(outcome.error, outcome.host);
    if (why !== undefined) blocked.set(outcome.host, why);
  }
  return blocked;
}

export const hostChanged = (why: string) => `the host changed since this plan was made. ${why}`;

function checkFailed(error: EngineError, host: string): string {
  const { summary } = explain(error, { host });
  const detail = summary.includes(error.engineSaid) ? '' : ` (${error.engineSaid.replace(/\.$/u, '')})`;
  return `the host could not be checked: ${summary.replace(/\.$/u, '')}${detail}.`;
}

/** The message of an error that a person can act on; undefined for internal errors and for a busy host. */
export function userMessage(error: unknown): Phrase | undefined {
  if (!(error instanceof UserError) || error.reason === 'busy' || error.reason === 'stopped') return undefined;
  return error.hint === undefined ? error.phrase : joinPhrases([error.phrase, error.hint]);
}
