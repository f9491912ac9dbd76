import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContainers, RolloutContext } from './context.ts';
import { endpointConfig } from './draft.ts';
import { LABELS, ownName } from './names.ts';
import { renameContainer } from './steps.ts';
import type { KnownNetwork, RestartPolicy } from './types.ts';

/**
 * Renames a container and connects it to its networks with or without its aliases. The name and aliases of a running
 * container change only while it is disconnected; otherwise the old ones stay in the DNS. Checks first what is already
 * done, so it can run again after a crash.
 */
export async function setNameAndAliases(
  context: RolloutContext,
  id: string,
  name: string,
  aliases: 'with aliases' | 'without aliases',
): Promise<void> {
  const { engine, plan } = context;
  const raw = await engine.inspectRaw(id);
  const known = plan.strategy === 'start-first' ? Object.entries(plan.now?.networks ?? {}) : [];
  const wanted = (network: KnownNetwork) => (aliases === 'without aliases' ? [] : network.aliases);
  const isRenamed = raw.State.Running === true && raw.Name !== name;
  const moving = known.filter(([at, network]) => isRenamed || !hasAliases(raw, at, wanted(network)));
  for (const [at, network] of moving)
    if (raw.NetworkSettings.Networks[at]) await engine.disconnectNetwork(network.id, id);
  if (raw.Name !== name) await renameContainer(context, id, name);
  // Connected again at once, or open requests would break: an engine assigns the same address again while it is free.
  for (const [, network] of moving)
    await engine.connectNetwork(network.id, id, endpointConfig(network, wanted(network)));
}

// Older engines list the container's own short id among the aliases.
function hasAliases({ NetworkSettings }: RawContainer, network: string, wanted: readonly string[]): boolean {
  const has = NetworkSettings.Networks[network]?.Aliases.filter((alias) => !/^[0-9a-f]{12}$/u.test(alias));
  return has !== undefined && has.length === wanted.length && wanted.every((alias) => has.includes(alias));
}

/**
 * Shell commands that restore the old version by hand; empty when there was none. Where it is known what is on the host, what
 * is so already is left out. Else those about the new version fail, and do no harm, where it was not created or does not have
 * the name yet.
 */
export function manualRecoverySteps(
  { plan, names, run }: RolloutContext,
  found: Pick<RolloutContainers, 'old' | 'created'> | undefined,
): string {
  const { now } = plan;
  if (!now) return '';
  const id = now.containerId.slice(0, 12);
  const wires = plan.strategy === 'start-first' ? Object.entries(now.networks) : [];
  const policy = policyOption(now.restartPolicy);
  const hasName = found?.old !== undefined && ownName(found.old) === now.containerName;
  return [
    ...stepsAside({ live: now.containerName, failed: names.failed, deployId: run.deployId }, found),
    ...wires.map(([name]) => `docker network disconnect ${name} ${id}`),
    ...(hasName ? [] : [`docker rename ${id} ${now.containerName}`]),
    ...wires.map(
      ([name, { aliases }]) =>
        `docker network connect ${aliases.map((alias) => `--alias ${alias} `).join('')}${name} ${id}`,
    ),
    // A rollout takes the restart policy from what it stops.
    ...(policy === undefined ? [] : [`docker update --restart ${policy} ${id}`]),
    ...(found?.old?.state === 'running' ? [] : [`docker start ${id}`]),
  ].join('; ');
}

/** Commands that stop the new version and take the live name from it. */
function stepsAside(
  { live, failed, deployId }: { readonly live: string; readonly failed: string; readonly deployId: string },
  found: Parameters<typeof manualRecoverySteps>[1],
): string[] {
  if (found === undefined)
    return [`n=$(docker ps -aq -f label=${LABELS.deploy}=${deployId})`, 'docker stop $n', `docker rename $n ${failed}`];
  const { created } = found;
  if (created === undefined) return [];
  const id = created.id.slice(0, 12);
  const isUp = created.state === 'running' || created.state === 'paused' || created.state === 'restarting';
  return [
    ...(isUp ? [`docker stop ${id}`] : []),
    ...(ownName(created) === live ? [`docker rename ${id} ${failed}`] : []),
  ];
}

/** As `docker update --restart` takes it; undefined where none is to be set. */
function policyOption({ name, maximumRetryCount: times }: RestartPolicy): string | undefined {
  if (name === 'no') return undefined;
  return name === 'on-failure' && times > 0 ? `${name}:${times}` : name;
}
