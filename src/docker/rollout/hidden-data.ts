import { mountPath } from '../../domain/volumes.ts';
import type { Engine } from '../client/engine.ts';
import type { RawImage } from '../shapes/raw.ts';
import type { Draft, Fields } from './draft.ts';
import { describeMount, mountsIn } from './mounts.ts';
import { type HostContainers, unlessGone } from './survey.ts';

/**
 * Data that the new image would hide, one sentence each: an engine mounts a new volume at every `VOLUME` of an image where
 * nothing else is mounted, also inside what is mounted above it.
 */
export async function dataHiddenByImage(
  engine: Pick<Engine, 'statPath'>,
  { live, draft, image }: Pick<HostContainers, 'live'> & { readonly draft: Draft; readonly image: RawImage },
  signal?: AbortSignal,
): Promise<string[]> {
  if (!live) return [];
  const said: string[] = [];
  for (const [path, above] of volumesInside(draft, image)) {
    const there = await unlessGone(engine.statPath(live.raw.Id, path, { signal }));
    if (there)
      said.push(
        `The new image has a volume of its own at ${path}, which would hide what is there now (${above}). ` +
          `Mount something at ${path} as well, or use an image without that volume.`,
      );
  }
  return said;
}

function volumesInside(draft: Draft, { config }: RawImage): [path: string, above: string][] {
  const mounts = mountsIn(draft);
  const paths = Object.keys((config['Volumes'] ?? {}) as Fields).map(mountPath);
  return paths.flatMap((path): [string, string][] => {
    if (mounts.has(path)) return [];
    const [nearest] = [...mounts]
      .filter(([at]) => path.startsWith(`${at}/`))
      .toSorted(([one], [other]) => other.length - one.length);
    // What is in memory is new in every container.
    if (!nearest || nearest[1].kind === 'tmpfs') return [];
    return [[path, `in ${describeMount(nearest[1])} at ${nearest[0]}`]];
  });
}
