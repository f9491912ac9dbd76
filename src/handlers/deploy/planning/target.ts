import type { ServiceConfig } from '../../../config/services.ts';
import type { Config } from '../../../config.ts';
import type { RegistryAuth } from '../../../docker/client/call-options.ts';
import type { Wanted } from '../../../docker/rollout/wanted.ts';
import { parseReference } from '../../../domain/reference.ts';
import { parseVolume } from '../../../domain/volumes.ts';
import { accountOf } from '../../../registry/authorize.ts';
import type { DeployPlan } from './types.ts';

/** Rollout settings of an adopted container: the defaults of a service. Milliseconds. */
const ADOPTED: Wanted['rollout'] = {
  strategy: 'auto',
  healthyWithin: 120_000,
  stableFor: 10_000,
  drain: 5000,
  keep: 3,
};

/** The desired container, built from the config each time since a plan holds no secrets. */
export function wantedOf(plan: Pick<DeployPlan, 'service' | 'image' | 'overrides'>, config: Config): Wanted {
  const service = config.services.get(plan.service);
  const { repository, tag, digest } = plan.image;
  return {
    from: service ? fromService(service) : { kind: 'adopt', container: plan.service },
    name: service ? liveName(service) : plan.service,
    image: { repository, tag, digest },
    overrides: plan.overrides,
    rollout: service ? rolloutOf(service) : ADOPTED,
    neighbours: neighboursOf(plan.service, config),
  };
}

function neighboursOf(service: string, config: Config): Wanted['neighbours'] {
  const others = [...config.services.values()].filter(({ name }) => name !== service);
  return {
    service,
    others: others.flatMap((other) => [other.name, liveName(other)]),
    volumes: others.flatMap((other) =>
      other.kind === 'container' ? other.container.volumes.flatMap((text) => parseVolume(text)?.source ?? []) : [],
    ),
  };
}

function rolloutOf({ rollout }: ServiceConfig): Wanted['rollout'] {
  const { strategy, healthyWithin, stableFor, drain, keep, probe } = rollout;
  const asked = probe?.http ? { http: probe.http } : probe?.tcp && { tcp: probe.tcp };
  return { strategy, healthyWithin, stableFor, drain, keep, ...(asked ? { probe: asked } : {}) };
}

function fromService(service: ServiceConfig): Wanted['from'] {
  return service.kind === 'swarm'
    ? { kind: 'swarm', service: service.swarm }
    : { kind: 'service', container: service.container };
}

export function liveName(service: ServiceConfig): string {
  return service.kind === 'swarm' ? service.swarm : service.container.name;
}

/** The account of the config that engines pull an image with; undefined where its registry has none. */
export function registryAuth(repository: string, config: Config): RegistryAuth | undefined {
  const { registry } = parseReference(repository);
  const account = accountOf(config.registries.get(registry), 'pull');
  return account && { ...account, serverAddress: registry };
}
