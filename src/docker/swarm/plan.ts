import { code, UserError } from '../../domain/errors.ts';
import type { CallOptions } from '../client/call-options.ts';
import type { Engine } from '../client/engine.ts';
import { type Fields, hashOf } from '../rollout/draft.ts';
import { LABELS } from '../rollout/names.ts';
import { referenceOf, repositoryOf } from '../rollout/origin.ts';
import { variableName } from '../rollout/overrides.ts';
import { ownParts } from '../rollout/own-parts.ts';
import type { Change, HostPlan } from '../rollout/types.ts';
import type { Wanted } from '../rollout/wanted.ts';
import type { Service, ServiceSpec } from '../shapes/swarm.ts';
import { swarmRisks } from './risks.ts';
import { servedBySwarm } from './served.ts';

export const NANOS = 1_000_000;
/** Swarm's own default; with a shorter time Swarm calls an update complete before it could fail. */
export const MONITOR_MS = 5000;

/** A plan for a Swarm service with what carrying it out needs. */
export interface PreparedSwarmPlan {
  readonly kind: 'swarm';
  readonly plan: HostPlan;
  readonly service: Service;
  /** The specification that is sent, without the labels of the sender. */
  readonly next: ServiceSpec;
}

/**
 * Plans an update of a Swarm service; reads only. The specification is sent as a whole, so it is the current one with a
 * few changes.
 */
export async function prepareSwarmPlan(
  engine: Engine,
  host: string,
  wanted: Wanted,
  { signal }: CallOptions,
): Promise<PreparedSwarmPlan> {
  const service = await findService(engine, wanted.name, signal);
  if (!service)
    throw new UserError(
      'not_found',
      `No Swarm service ${code(wanted.name)} on ${host}.`,
      'On the host: docker service ls',
    );
  const containers = await engine.listContainers({ all: true }, { signal });
  const own = ownParts(containers, engine.reach);
  const { spec, id } = service;
  const next = nextSpec(spec, wanted);
  const image = spec.TaskTemplate.ContainerSpec?.Image ?? '';
  const runs = referenceOf(image);
  const digest = /@(sha256:[0-9a-f]{64})$/u.exec(image)?.[1];
  const changes = changesOf(spec, next, wanted);
  const order = String((next.UpdateConfig as Fields | undefined)?.['Order']);
  const replicas = spec.Mode?.Replicated?.Replicas;
  const size = spec.Mode?.Global ? ' with a task on every node' : replicas === undefined ? '' : ` of ${replicas}`;
  const isSame = runs !== undefined && repositoryOf(runs) === wanted.image.repository;
  const networks = await engine.listNetworks({}, { signal });
  const hostNetworks = networks.filter(({ driver }) => driver === 'host').map(({ id: network }) => network);
  const plan: HostPlan = {
    host,
    name: wanted.name,
    strategy: 'swarm',
    why: `Swarm service${size}: Swarm replaces the tasks in turn, and rolls back automatically when one fails.`,
    interruption:
      order === 'start-first'
        ? 'No interruption expected: each new task starts before the old one stops.'
        : 'Each task is down while its replacement starts.',
    now: {
      containerId: id,
      containerName: wanted.name,
      imageId: '',
      repository: runs && repositoryOf(runs),
      digest,
      tag: referenceOf(image)?.tag,
      state: 'running',
      configHash: hashOf(spec),
      restartPolicy: { name: '', maximumRetryCount: 0 },
      networks: {},
      served: await servedBySwarm(engine, service, { image: runs, containers }, signal),
    },
    next: { digest: wanted.image.digest, tag: wanted.image.tag, bodyHash: hashOf(next) },
    changes,
    warnings: hasHealthcheck(spec)
      ? []
      : [
          'No health check is set on the service; if the image has none either, the deploy only checks that the tasks run.',
        ],
    conflicts: [
      ...conflictsOf(service, wanted),
      ...(own.services.has(spec.Name) ? [`${spec.Name} is Fairlead itself.`] : []),
    ],
    unchanged: digest === wanted.image.digest && changes.length === 0,
    imagePresent: false,
    diskFreeBytes: undefined,
    oldImageKept: true,
    risks: swarmRisks(spec, hostNetworks).map((fact) => ({ ...fact, inherited: isSame })),
  };
  return { kind: 'swarm', plan, service, next };
}

export async function findService(engine: Engine, name: string, signal?: AbortSignal): Promise<Service | undefined> {
  // The engine's filter matches beginnings of names too.
  const found = await engine.listServices({ filters: { name: [name] } }, { signal });
  return found.find(({ spec }) => spec.Name === name);
}

export const hasHealthcheck = (spec: ServiceSpec) =>
  (spec.TaskTemplate.ContainerSpec?.Healthcheck?.Test.length ?? 0) > 0;

/** Labels an update and its tasks with their deployment, so they can be recognized after a crash. */
export function labelUpdate(spec: ServiceSpec, deployId: string, by: string): ServiceSpec {
  const { TaskTemplate: task } = spec;
  const { ContainerSpec: container } = task;
  return {
    ...spec,
    Labels: { ...spec.Labels, [LABELS.deploy]: deployId, [LABELS.by]: by },
    TaskTemplate: {
      ...task,
      ...(container && {
        ContainerSpec: { ...container, Labels: { ...container.Labels, [LABELS.update]: deployId } },
      }),
    },
  };
}

function nextSpec(spec: ServiceSpec, { image, overrides, rollout }: Wanted): ServiceSpec {
  const { TaskTemplate: task } = spec;
  const { ContainerSpec: container, Resources: resources } = task;
  const { environment = {}, memory, cpus } = overrides;
  const Order = startsFirst(spec) ? 'start-first' : 'stop-first';
  const before = (spec.UpdateConfig ?? {}) as Fields;
  const Monitor = Math.max(rollout.stableFor, MONITOR_MS) * NANOS;
  const limits = {
    ...resources?.Limits,
    ...(memory !== undefined && { MemoryBytes: memory }),
    ...(cpus !== undefined && { NanoCPUs: Math.round(cpus * 1e9) }),
  };
  const env = [
    ...(container?.Env ?? []).filter((pair) => !Object.hasOwn(environment, variableName(pair))),
    ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
  ];
  return {
    ...spec,
    TaskTemplate: {
      ...task,
      ContainerSpec: {
        ...container,
        Image: `${image.repository}${image.tag === undefined ? '' : `:${image.tag}`}@${image.digest}`,
        Env: env,
        Labels: container?.Labels ?? {},
        Mounts: container?.Mounts ?? [],
      },
      ...(Object.keys(limits).length > 0 && { Resources: { ...resources, Limits: limits } }),
    },
    UpdateConfig: { Parallelism: 1, ...before, Order, FailureAction: 'rollback', Monitor, MaxFailureRatio: 0 },
    RollbackConfig: { Parallelism: 1, Order, FailureAction: 'pause', Monitor, MaxFailureRatio: 0 },
  };
}

// Exclusive resources of a task: a port of the node, or a writable volume.
function startsFirst({ EndpointSpec, TaskTemplate }: ServiceSpec): boolean {
  const onNode = EndpointSpec?.Ports.some(({ PublishMode }) => PublishMode === 'host') ?? false;
  return (
    !onNode && !(TaskTemplate.ContainerSpec?.Mounts ?? []).some((mount) => mount.Type !== 'tmpfs' && !mount.ReadOnly)
  );
}

function changesOf(spec: ServiceSpec, next: ServiceSpec, { overrides }: Wanted): Change[] {
  const limit = (of: ServiceSpec, key: string) => (of.TaskTemplate.Resources?.Limits as Fields | undefined)?.[key];
  const [was, is] = [spec.TaskTemplate.ContainerSpec?.Env ?? [], next.TaskTemplate.ContainerSpec?.Env ?? []];
  const changed = Object.keys(overrides.environment ?? {}).filter((key) =>
    is.some((pair) => variableName(pair) === key && !was.includes(pair)),
  );
  return [
    ...changed.map((key) => ({ setting: `environment ${key}`, from: 'before', to: 'changed', secret: true })),
    ...(['MemoryBytes', 'NanoCPUs'] as const)
      .filter((key) => limit(spec, key) !== limit(next, key))
      .map((key) => ({
        setting: key === 'MemoryBytes' ? 'memory' : 'cpus',
        from: String(limit(spec, key) ?? 'not set'),
        to: String(limit(next, key)),
        secret: false,
      })),
  ];
}

function conflictsOf({ update }: Service, { overrides }: Wanted): string[] {
  const isBusy = update.state === 'updating' || update.state === 'rollback_started';
  return [
    ...(isBusy ? [`Swarm is still busy with an earlier update (${update.state}).`] : []),
    ...(overrides.ports || overrides.volumes ? ['A deploy cannot change ports and volumes of a Swarm service.'] : []),
  ];
}
