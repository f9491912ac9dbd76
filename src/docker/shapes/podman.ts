import { constants } from 'node:os';
import type { CreateBody } from '../client/deploy-calls.ts';
import type { RawContainer } from './raw.ts';

// Measured on Podman 5.8: what its inspections report differently than Docker's, or report although no one set it.

/** Podman's name for its default network in an inspection; in the list of networks it is `bridge`, as in Docker. */
const DEFAULT_NETWORK = 'podman';
/** Default stop timeout of every container, in seconds. */
const USUAL_STOP_TIMEOUT = 10;

/**
 * Converts a Podman inspection to what Docker would return, so that a clone of the container requests nothing extra.
 */
export function podmanAsDocker(raw: RawContainer): RawContainer {
  const { Config, HostConfig, NetworkSettings } = raw;
  const networks = Object.entries(NetworkSettings.Networks).map(
    // Every endpoint has a MAC address, set by someone or not.
    ([name, endpoint]) => [name === DEFAULT_NETWORK ? 'bridge' : name, { ...endpoint, MacAddress: '' }] as const,
  );
  return {
    ...raw,
    Config: {
      ...Config,
      MacAddress: undefined,
      Env: Config.Env.filter((pair) => !isSetByPodman(pair, Config.Hostname)),
      StopTimeout: Config.StopTimeout === USUAL_STOP_TIMEOUT ? undefined : Config.StopTimeout,
      StopSignal: signalName(Config['StopSignal']),
    },
    HostConfig: {
      ...HostConfig,
      NetworkMode: networkModeOf(HostConfig.NetworkMode, Object.keys(NetworkSettings.Networks)),
      Runtime: HostConfig['Runtime'] === 'oci' ? '' : HostConfig['Runtime'],
    },
    NetworkSettings: { ...NetworkSettings, Networks: Object.fromEntries(networks) },
  };
}

/** Converts the body of a create request: names the default network as Podman does. */
export function bodyForPodman(body: CreateBody): CreateBody {
  const { EndpointsConfig = {} } = (body['NetworkingConfig'] ?? {}) as { EndpointsConfig?: object };
  const renamed = Object.entries(EndpointsConfig).map(
    ([name, endpoint]) => [name === 'bridge' ? DEFAULT_NETWORK : name, endpoint] as const,
  );
  return { ...body, NetworkingConfig: { EndpointsConfig: Object.fromEntries(renamed) } };
}

/** Podman reports `bridge` for every network with that driver. */
function networkModeOf(mode: string, networks: readonly string[]): string {
  if (mode !== 'bridge' && mode !== DEFAULT_NETWORK) return mode;
  return networks.includes(DEFAULT_NETWORK) ? 'bridge' : (networks[0] ?? mode);
}

/** Variables that Podman sets in every container. A copied host name would stay that of the old container. */
function isSetByPodman(pair: string, hostname: string): boolean {
  return pair === 'container=podman' || pair === 'HOME=' || pair === `HOSTNAME=${hostname}`;
}

/** Name of a signal number; empty for SIGTERM (`15`), the default. */
function signalName(signal: unknown): string {
  const found = Object.entries(constants.signals).find(([, number]) => String(number) === signal)?.[0];
  return found === 'SIGTERM' ? '' : (found ?? String(signal ?? ''));
}
