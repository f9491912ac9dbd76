import { constants } from 'node:os';
import type { CreateBody } from '../client/deploy-calls.ts';
import type { RawContainer } from './raw.ts';

// Measured on Podman 5.8: what its inspections say in other words than Docker's, or say although nobody asked for it.

/** Podman's name for its default network in a container; in the list of networks it is `bridge`, as it is for Docker. */
const DEFAULT_NETWORK = 'podman';
/** Seconds: what every container has that was given no other. */
const USUAL_STOP_TIMEOUT = 10;

/** An inspection of Podman's as Docker would have given it, so that a container made anew of it says nothing more than was asked. */
export function podmanAsDocker(raw: RawContainer): RawContainer {
  const { Config, HostConfig, NetworkSettings } = raw;
  const networks = Object.entries(NetworkSettings.Networks).map(
    // Every endpoint has a MAC address, asked for or not.
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

/** The body of a container to be made, with the default network as Podman calls it. */
export function bodyForPodman(body: CreateBody): CreateBody {
  const { EndpointsConfig = {} } = (body['NetworkingConfig'] ?? {}) as { EndpointsConfig?: object };
  const renamed = Object.entries(EndpointsConfig).map(
    ([name, endpoint]) => [name === 'bridge' ? DEFAULT_NETWORK : name, endpoint] as const,
  );
  return { ...body, NetworkingConfig: { EndpointsConfig: Object.fromEntries(renamed) } };
}

/** Podman says `bridge` of every network with that driver. */
function networkModeOf(mode: string, networks: readonly string[]): string {
  if (mode !== 'bridge' && mode !== DEFAULT_NETWORK) return mode;
  return networks.includes(DEFAULT_NETWORK) ? 'bridge' : (networks[0] ?? mode);
}

/** Variables it gives every container. A host name of its own would stay that of the container before. */
function isSetByPodman(pair: string, hostname: string): boolean {
  return pair === 'container=podman' || pair === 'HOME=' || pair === `HOSTNAME=${hostname}`;
}

/** `15` is SIGTERM, which nobody needs to say. */
function signalName(signal: unknown): string {
  const found = Object.entries(constants.signals).find(([, number]) => String(number) === signal)?.[0];
  return found === 'SIGTERM' ? '' : (found ?? String(signal ?? ''));
}
