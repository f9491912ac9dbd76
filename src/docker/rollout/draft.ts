import { createHash } from 'node:crypto';
import type { CreateBody } from '../client/deploy-calls.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What is asked of an engine about one network; addresses it chose itself are not among it. */
export interface Endpoint {
  readonly aliases: readonly string[];
  /** `IPAMConfig`, `Links`, `DriverOpts`, `GwPriority`, `MacAddress`: as the engine takes them. */
  readonly rest: Fields;
  /** The MAC address it has now, where nobody can tell whether it was asked for; kept while only one version is up. */
  readonly observedMac?: string | undefined;
}

/** A container that is to be made: what a person decided about it, without the image and what the image decides. */
export interface Draft {
  readonly config: Fields;
  readonly hostConfig: Fields;
  /** By network name; the first is the one it is created on. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** The network it would be on by itself, and that somebody took it off. */
  readonly leftNetwork?: string | undefined;
}

export interface CreateOptions {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Engines before API 1.44 take one network when a container is made; the others are connected before it starts. */
  readonly manyNetworks: boolean;
  /** Without them a version that has not passed is not found by those who look for the service. */
  readonly withAliases: boolean;
  /** Engines that cannot change it afterwards (Podman) get the real one at once. */
  readonly restart: 'no' | 'own';
}

export interface CreateRequest {
  readonly body: CreateBody;
  /** Networks to connect before the start, with what is asked of each. */
  readonly connectLater: ReadonlyMap<string, object>;
}

/** The request an engine makes the container from. */
export function createRequest(draft: Draft, making: CreateOptions): CreateRequest {
  const wires = [...draft.endpoints].map(
    ([name, endpoint]) =>
      [
        name,
        making.withAliases
          ? { ...observedMacOf(endpoint), ...endpointConfig(endpoint, endpoint.aliases) }
          : endpointConfig(endpoint, []),
      ] as const,
  );
  const atOnce = making.manyNetworks ? wires : wires.slice(0, 1);
  const labels = { ...(draft.config['Labels'] as Fields | undefined), ...making.labels };
  const restart = making.restart === 'no' ? { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } } : {};
  return {
    body: {
      ...draft.config,
      Image: making.image,
      Labels: labels,
      HostConfig: { ...draft.hostConfig, ...restart },
      ...(atOnce.length > 0 && { NetworkingConfig: { EndpointsConfig: Object.fromEntries(atOnce) } }),
    },
    connectLater: new Map(wires.slice(atOnce.length)),
  };
}

const observedMacOf = ({ observedMac: seenMac }: Endpoint) => (seenMac === undefined ? {} : { MacAddress: seenMac });

export function endpointConfig(endpoint: Pick<Endpoint, 'rest'>, aliases: readonly string[]): object {
  return { ...endpoint.rest, ...(aliases.length > 0 && { Aliases: aliases }) };
}

/** What is asked for, without what only happens to be so at the moment. */
export function requestedSettings({ endpoints, ...rest }: Draft): object {
  const asked = [...endpoints].map(([name, { aliases, rest }]) => [name, { aliases, rest }] as const);
  return { ...rest, endpoints: Object.fromEntries(asked) };
}

/** The same for the same settings whatever the order of their keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
