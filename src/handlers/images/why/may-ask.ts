import type { Config } from '../../../config.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';
import type { Ping } from '../../../registry/client.ts';

/**
 * Whether engines may be told to connect to a registry: one that the config names, or one at a public address. Otherwise
 * a question about an image would be a way to try addresses of the hosts' own network.
 */
export function mayAskEngines({ registry }: ImageReference, ping: Ping, config: Config): boolean {
  const isNamed =
    config.registries.has(registry) ||
    [...config.services.values()].some(({ image }) => parseReference(image).registry === registry);
  // Of a name that resolves nowhere it is not known where it would lead the engine.
  return isNamed || registry === 'docker.io' || ping.ok || !NOT_PUBLIC.includes(ping.code);
}

const NOT_PUBLIC: readonly string[] = ['refused', 'ENOTFOUND', 'EAI_AGAIN', 'timeout', 'unknown'];
