import { sayMoment } from '../../../domain/duration.ts';
import { code } from '../../../domain/errors.ts';
import { type Phrase, phrase } from '../../../domain/phrase.ts';
import { named } from '../../../text/names.ts';
import type { Deps } from '../../deps.ts';
import { isGood } from '../verdict.ts';
import { deployPlanOf } from './stored-plan.ts';
import type { CardVerdict, DeployPlan } from './types.ts';

/** So many deployments of a service are looked through. */
const LOOKED_AT = 30;

/** A version that was tried on some hosts, and was rolled back there. */
export interface Failure {
  readonly image: DeployPlan['image'];
  readonly hosts: readonly string[];
  /** Unix milliseconds. */
  readonly at: number;
  readonly why: Phrase;
}

/** Newest first; of each version and host only the last try counts, and one that was stopped or never begun says nothing. */
export async function failuresOf(service: string, { store }: Pick<Deps, 'store'>): Promise<readonly Failure[]> {
  const tried = new Set<string>();
  const failures: Failure[] = [];
  for (const deployment of await store.deployments.recent({ service, limit: LOOKED_AT })) {
    const image = deployPlanOf(deployment)?.image;
    if (!image) continue;
    const failed: { host: string; at: number; why: Phrase }[] = [];
    for (const { host, detail, at } of await store.deployments.hosts(deployment.id)) {
      const verdict = detail as CardVerdict;
      const key = `${image.repository}@${image.digest} ${host}`;
      if (tried.has(key) || !(isGood(verdict) || showsFault(verdict))) continue;
      tried.add(key);
      if (!isGood(verdict)) failed.push({ host, at, why: verdict.why });
    }
    const [first] = failed;
    if (first) failures.push({ image, hosts: failed.map(({ host }) => host).toSorted(), at: first.at, why: first.why });
  }
  return failures;
}

// What failed before the version ran, as a pull, says nothing of the version.
const showsFault = ({ verdict, evidence }: CardVerdict) =>
  verdict === 'rolled_back' || (evidence !== undefined && verdict !== 'aborted');

/** For a plan; the moment is in UTC, as the words are hashed with it and everybody reads the same. */
export function failureWords({ image, hosts, at, why }: Failure): Phrase {
  const version = code(image.tag ?? image.digest.slice(7, 19));
  return phrase`${version} was rolled back on ${named(hosts, 300)}, ${sayMoment(at)}: ${why}`;
}
