import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContext } from './context.ts';
import { endpointConfig } from './draft.ts';
import { renameContainer } from './steps.ts';
import type { KnownNetwork } from './types.ts';

/**
 * Gives the old container a name and, where it was found by an alias, puts it on its networks with or without it. A name
 * or an alias of a running container changes only while it is off the network: otherwise the old one stays in the DNS.
 * It looks first, so that it may be done again after a crash at any moment of it.
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
  // At once, or requests it is still at would be cut off: an engine gives it its address again, as that is free.
  for (const [, network] of moving)
    await engine.connectNetwork(network.id, id, endpointConfig(network, wanted(network)));
}

// Its own short id is one of them on older engines.
function hasAliases({ NetworkSettings }: RawContainer, network: string, wanted: readonly string[]): boolean {
  const has = NetworkSettings.Networks[network]?.Aliases.filter((alias) => !/^[0-9a-f]{12}$/u.test(alias));
  return has !== undefined && has.length === wanted.length && wanted.every((alias) => has.includes(alias));
}

/** What somebody types who puts it back by hand. */
export function manualRecoverySteps({ plan }: RolloutContext): string {
  const { now } = plan;
  if (!now) return '';
  const id = now.containerId.slice(0, 12);
  const wires = plan.strategy === 'start-first' ? Object.entries(now.networks) : [];
  return [
    ...wires.map(([name]) => `docker network disconnect ${name} ${id}`),
    `docker rename ${id} ${now.containerName}`,
    ...wires.map(
      ([name, { aliases }]) =>
        `docker network connect ${aliases.map((alias) => `--alias ${alias} `).join('')}${name} ${id}`,
    ),
    `docker start ${id}`,
  ].join('; ');
}
