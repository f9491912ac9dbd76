import type { RolloutContext } from './context.ts';
import { assertHostHasParts } from './host-parts.ts';
import { pullImage } from './image-steps.ts';
import { assertNeighboursUnaffected } from './neighbour-check.ts';
import { type HealthyVersion, startNewVersion } from './new-version.ts';
import type { PreparedPlan } from './plan.ts';
import { createCandidate } from './steps.ts';
import {
  drainOldVersion,
  findOldVersion,
  moveAliases,
  setAsideOldVersion,
  setOwnRestartPolicy,
  stopOldVersion,
  takeLiveName,
  tidyUpVersions,
} from './switch-over.ts';

/** Replaces the old version where both cannot run at once: they share a port, an address or a volume. */
export async function stopFirst(context: RolloutContext, prepared: PreparedPlan): Promise<HealthyVersion> {
  const image = await pullImage(context, prepared);
  await assertHostHasParts(context, prepared, image);
  const id = await createCandidate(context, prepared, context.names.candidate, 'with aliases');
  const old = await findOldVersion(context);
  await assertNeighboursUnaffected(context, prepared);
  await setAsideOldVersion(context, old);
  return startInPlace(context, prepared, id);
}

/** Starts the first version on a host where nothing runs under the name yet. */
export async function startOnly(context: RolloutContext, prepared: PreparedPlan): Promise<HealthyVersion> {
  await pullImage(context, prepared);
  const id = await createCandidate(context, prepared, context.names.candidate, 'with aliases');
  return startInPlace(context, prepared, id);
}

/** Starts the new version beside the old one, and moves the network aliases to it once it is healthy. */
export async function startFirst(context: RolloutContext, prepared: PreparedPlan): Promise<HealthyVersion> {
  await pullImage(context, prepared);
  const id = await createCandidate(context, prepared, context.names.versioned, 'without aliases');
  const version = await startNewVersion(context, id);
  await assertNeighboursUnaffected(context, prepared);
  await context.step('promote', 'moving the network aliases to the new version');
  await moveAliases(context, prepared, version);
  await setOwnRestartPolicy(context, prepared, version);
  await drainOldVersion(context, version);
  await stopOldVersion(context);
  await tidyUpVersions(context);
  return version;
}

/** Starts a candidate under the live name, and keeps it once it is healthy. */
async function startInPlace(context: RolloutContext, prepared: PreparedPlan, id: string): Promise<HealthyVersion> {
  await takeLiveName(context, id);
  const version = await startNewVersion(context, id);
  await context.requiredStep('promote', 'keeping the new version');
  await setOwnRestartPolicy(context, prepared, version);
  await tidyUpVersions(context);
  return version;
}
