import { liveNameOf } from '../../../docker/rollout/names.ts';
import { sayAge } from '../../../domain/duration.ts';
import { mention, type Phrase, phrase } from '../../../domain/phrase.ts';
import { serviceName } from '../../../policy/services.ts';
import { plannedOn } from '../../deploy/deployment-lines.ts';
import type { CardVerdict } from '../../deploy/planning/types.ts';
import type { Deps } from '../../deps.ts';

const LOOKED_AT = 20;
const SHOWN = 2;
const LATELY_MS = 7 * 86_400_000;

/** By the outcome on the container's own host: a deployment over several can end differently on each. */
const ENDED: Readonly<Record<CardVerdict['verdict'], string>> = {
  deployed: 'deployed',
  unchanged: 'not touched, since it ran this already',
  rolled_back: 'rolled back',
  failed_kept_old: 'failed, nothing changed',
  skipped: 'stopped before this host',
  aborted: 'aborted',
  needs_attention: 'needs attention',
};

/** What Fairlead did to a container on a host within the last week, newest first. */
export async function changedLately(
  { name, host }: { readonly name: string; readonly host: string },
  { config, store }: Pick<Deps, 'config' | 'store'>,
  now: number,
): Promise<readonly Phrase[]> {
  const service = serviceName(liveNameOf(name) ?? name, config);
  const recent = await store.deployments.recent({ service, limit: LOOKED_AT });
  const shown = plannedOn(recent, [host])
    .map(({ deployment, plan }) => ({ deployment, plan, ago: now - deployment.createdAt }))
    .filter(({ deployment, ago }) => ago < LATELY_MS && deployment.verdict !== 'refused')
    .slice(0, SHOWN);
  return Promise.all(
    shown.map(async ({ deployment, plan, ago }) => {
      const version = plan.image.tag ?? plan.image.digest.slice(7, 19);
      const outcome = (await store.deployments.hosts(deployment.id)).find((one) => one.host === host);
      const end = outcome ? ENDED[outcome.verdict as CardVerdict['verdict']] : endedWithout(deployment.verdict);
      return phrase`${plan.action} of ${version} by ${mention(deployment.requestedBy)} ${sayAge(ago).toLowerCase()}: ${end}`;
    }),
  );
}

/** Without an outcome of the host on record. */
const endedWithout = (verdict: string | undefined) => (verdict === undefined ? 'under way' : 'ended before this host');
