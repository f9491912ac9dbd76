import { createHash } from 'node:crypto';
import type { CreateBody } from '../client/deploy-calls.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Settings of a container on one network, without addresses that the engine chose itself. */
export interface Endpoint {
  readonly aliases: readonly string[];
  /** `IPAMConfig`, `Links`, `DriverOpts`, `GwPriority`, `MacAddress`, in the engine's form. */
  readonly rest: Fields;
  /** Current MAC address where it is unknown whether someone set it; kept while only one version runs. */
  readonly observedMac: string | undefined;
}

/** Settings of a container to be created, without the image and its defaults. */
export interface Draft {
  readonly config: Fields;
  readonly hostConfig: Fields;
  /** By network name; the container is created on the first. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** The network that someone disconnected the container from. */
  readonly leftNetwork?: string | undefined;
}

export interface CreateOptions {
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /**
   * False before API 1.44, where a container is created on one network and connected to the others before it starts.
   */
  readonly manyNetworks: boolean;
  /** Without aliases a version that has not passed is not found by clients of the service. */
  readonly withAliases: boolean;
  /** `own` where the engine cannot change the restart policy later (Podman). */
  readonly restart: 'no' | 'own';
}

export interface CreateRequest {
  readonly body: CreateBody;
  /** Networks to connect before the start, with the settings on each. */
  readonly connectLater: ReadonlyMap<string, object>;
}

/** The request that creates the container. */
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

const observedMacOf = ({ observedMac }: Endpoint) => (observedMac === undefined ? {} : { MacAddress: observedMac });

export function endpointConfig(endpoint: Pick<Endpoint, 'rest'>, aliases: readonly string[]): object {
  return { ...endpoint.rest, ...(aliases.length > 0 && { Aliases: aliases }) };
}

/** The requested settings, without values that were only observed. */
export function requestedSettings({ endpoints, ...rest }: Draft): object {
  const asked = [...endpoints].map(([name, { aliases, rest }]) => [name, { aliases, rest }] as const);
  return { ...rest, endpoints: Object.fromEntries(asked) };
}

/** A hash of settings that does not depend on the order of keys. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
