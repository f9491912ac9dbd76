import { liveNameOf } from '../../../docker/rollout/names.ts';
import { sayAge } from '../../../domain/duration.ts';
import { mention, type Phrase, phrase } from '../../../domain/phrase.ts';
import { serviceName } from '../../../policy/services.ts';
import { plannedOn } from '../../deploy/deployment-lines.ts';
import type { Verdict } from '../../deploy/planning/types.ts';
import type { Deps } from '../../deps.ts';

const LOOKED_AT = 20;
const SHOWN = 2;
const LATELY_MS = 7 * 86_400_000;

const ENDED: Readonly<Partial<Record<Verdict, string>>> = {
  deployed: 'deployed',
  rolled_back: 'rolled back',
  failed_kept_old: 'failed, nothing changed',
  partial: 'on some hosts only',
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
  return plannedOn(recent, [host])
    .map(({ deployment, plan }) => ({ deployment, plan, ago: now - deployment.createdAt }))
    .filter(({ deployment, ago }) => ago < LATELY_MS && deployment.verdict !== 'refused')
    .slice(0, SHOWN)
    .map(({ deployment, plan, ago }) => {
      const version = plan.image.tag ?? plan.image.digest.slice(7, 19);
      const end = ENDED[deployment.verdict as Verdict] ?? 'under way';
      return phrase`${plan.action} of ${version} by ${mention(deployment.requestedBy)} ${sayAge(ago).toLowerCase()}: ${end}`;
    });
}
