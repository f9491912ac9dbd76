import type { Engine } from '../client/engine.ts';
import { conflictsOf } from './conflicts.ts';
import type { Draft } from './draft.ts';
import { ownParts } from './own-parts.ts';
import { risksOf } from './risks.ts';
import { draftOfConfig } from './spec.ts';
import { type Survey, unlessGone } from './survey.ts';
import type { Guarded } from './types.ts';
import type { ContainerConfig, Wanted } from './wanted.ts';
import { healthcheckFacts } from './warnings.ts';

/** A container that replaces none. */
export interface NewContainer {
  readonly container: ContainerConfig;
  readonly image: Wanted['image'];
  /** With its tag or digest. */
  readonly reference: string;
  /** Names of volumes that services of the config have. */
  readonly taken: readonly string[];
}

export interface NewContainerPlan {
  readonly draft: Draft;
  readonly survey: Survey;
  /** Why the engine would refuse it, or it would break something: one sentence each. */
  readonly conflicts: readonly string[];
  readonly risks: readonly Guarded[];
}

/** Plans a container that replaces none; reads only. Without its image the risks are those known so far. */
export async function planNewContainer(
  engine: Engine,
  { container, image, reference, taken }: NewContainer,
  signal: AbortSignal,
): Promise<NewContainerPlan> {
  const [version, containers, networks, volumes, diskFreeBytes, found] = await Promise.all([
    engine.version({ signal }),
    engine.listContainers({ all: true }, { signal }),
    engine.listNetworks({}, { signal }),
    engine.listVolumes({}, { signal }),
    engine.diskFree({ signal }),
    unlessGone(engine.imageConfig(reference, { signal })),
  ]);
  const survey: Survey = {
    containers,
    live: undefined,
    others: [],
    minor: Number(/^1\.(\d+)$/u.exec(version.apiVersion)?.[1] ?? 41),
    podman: version.podman,
    canChangePolicy: true,
    ownParts: ownParts(containers, engine.reach),
    networks,
    volumes,
    diskFreeBytes,
    platform: undefined,
    image: found,
  };
  const { name } = container;
  const draft = draftOfConfig(container, undefined);
  const options = new Map(volumes.map((volume) => [volume.name, volume.options]));
  // A volume that is there already has the data of something else.
  const isOwn = (volume: string) => !options.has(volume) && !taken.includes(volume);
  const holder = containers.find(({ names }) => names.includes(name));
  return {
    draft,
    survey,
    conflicts: [
      ...(holder ? [`There is a container ${name} already (${holder.status}).`] : []),
      ...conflictsOf(survey, draft, { name, image }),
    ],
    risks: risksOf(draft, healthcheckFacts(draft, survey).has !== false, undefined, { isOwn, options }),
  };
}
