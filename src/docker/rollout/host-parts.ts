import { mountPath } from '../../domain/volumes.ts';
import { EngineError } from '../client/engine-error.ts';
import type { RawImage } from '../shapes/raw.ts';
import { type RolloutContext, StepFailed } from './context.ts';
import { createRequest, type Draft, type Fields } from './draft.ts';
import { mountList, mountsIn } from './mounts.ts';
import type { PreparedPlan } from './plan.ts';
import { stepFailure } from './step-failure.ts';
import { createNamed, createOptions, stopAndRemove } from './steps.ts';
import { unlessGone } from './survey.ts';

/** A program that no image has. */
const NO_PROGRAM = '/.fairlead-starts-nothing';

/** Runtimes whose refusal of a missing program names it. */
const KNOWN_RUNTIMES: readonly unknown[] = [undefined, '', 'runc', 'io.containerd.runc.v2', 'nvidia'];

/**
 * Throws `StepFailed` when the host no longer has a device, or a path within a volume, that the new version gets: a container
 * that runs keeps what is gone, so after a stop neither version could start. An engine looks for these only at a start. A
 * container with the same parts of the host and a program that does not exist is started: the engine sets everything else up
 * first.
 */
export async function assertHostHasParts(
  context: RolloutContext,
  { draft, survey }: PreparedPlan,
  image: RawImage,
): Promise<void> {
  if (survey.podman || !KNOWN_RUNTIMES.includes(draft.hostConfig['Runtime']) || !hasPartsOfHost(draft)) return;
  const { engine, names, plan } = context;
  await context.step('create', 'checking that the host has what the new version gets of it');
  const starting = startsNothing(draft, Object.keys((image.config['Volumes'] ?? {}) as Fields));
  const { body } = createRequest(starting, createOptions(context, survey, 'without aliases'));
  const id = await createNamed(context, survey, names.candidate, body);
  const refused = await engine.startContainer(id).then(
    () => undefined,
    (error: unknown) => error,
  );
  await (refused === undefined ? stopAndRemove(context, { id }) : unlessGone(engine.removeContainer(id)));
  if (refused === undefined || (refused instanceof EngineError && refused.engineSaid.includes(NO_PROGRAM))) return;
  const failure = stepFailure('The new version cannot start here', refused, plan.host);
  throw failure instanceof StepFailed
    ? new StepFailed(`${failure.message} ${KEPT}`, failure.tryThis, { cause: refused })
    : failure;
}

const KEPT = 'A container that runs keeps what is gone from the host, but could not be started again.';

/**
 * Devices and paths within volumes: what may be gone from the host while a container that has it runs. A folder of `--mount`
 * is looked for when a container is created, and one of `-v` is made.
 */
function hasPartsOfHost(draft: Draft): boolean {
  const some = (key: string) => ((draft.hostConfig[key] ?? []) as readonly unknown[]).length > 0;
  return (
    some('Devices') ||
    some('DeviceRequests') ||
    mountList(draft).some(([, { options }]) => options.includes('"Subpath"'))
  );
}

/** The same container without ports, networks and program. What the image has volumes for is in memory: nothing stays. */
function startsNothing({ config, hostConfig }: Draft, imageVolumes: readonly string[]): Draft {
  const { Healthcheck: _, ExposedPorts: _ports, MacAddress: _mac, Volumes: own, Cmd: _command, ...rest } = config;
  const mounted = mountsIn({ config: {}, hostConfig, endpoints: new Map() });
  const empty = [...imageVolumes, ...Object.keys((own ?? {}) as Fields)].filter(
    (path) => !mounted.has(mountPath(path)),
  );
  const Tmpfs = { ...((hostConfig['Tmpfs'] ?? {}) as Fields), ...Object.fromEntries(empty.map((path) => [path, ''])) };
  return {
    config: { ...rest, Entrypoint: [NO_PROGRAM] },
    hostConfig: {
      ...hostConfig,
      Tmpfs,
      NetworkMode: 'none',
      PortBindings: undefined,
      PublishAllPorts: false,
      Links: undefined,
      // Docker's own init is found, and starts.
      Init: false,
    },
    endpoints: new Map(),
  };
}
