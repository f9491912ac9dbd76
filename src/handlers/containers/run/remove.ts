import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import { isUnnamed, volumeName } from '../../../docker/rollout/mounts.ts';
import { unlessGone } from '../../../docker/rollout/survey.ts';
import type { RawContainer } from '../../../docker/shapes/raw.ts';

/** Removes a container of `/run --rm` with the volumes that were made for it, as docker does: those nobody named. */
export async function removeWithVolumes(engine: Engine, raw: RawContainer): Promise<void> {
  await unlessGone(engine.removeContainer(raw.Id, {}, true));
  const named = [...raw.HostConfig.Binds, ...raw.HostConfig.Mounts.map(({ Source }) => `${Source}:`)];
  for (const mount of raw.Mounts) {
    const name = volumeName(mount);
    if (mount.Type !== 'volume' || !isUnnamed(name) || named.some((text) => text.startsWith(`${name}:`))) continue;
    try {
      await engine.removeVolume(name);
    } catch (error) {
      // Somebody uses it by now, or it is gone.
      if (!(error instanceof EngineError) || !['in_use', 'conflict', 'not_found'].includes(error.fault)) throw error;
    }
  }
}
