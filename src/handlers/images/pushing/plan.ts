import type { Image } from '../../../docker/client/types.ts';
import { UserError } from '../../../domain/errors.ts';
import { canonical, familiar, type ImageReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import type { Deps } from '../../deps.ts';
import { everyHost } from '../tagging/rules.ts';
import { registryHas } from './registry-has.ts';
import type { PushPlan } from './types.ts';

export interface PlannedPush {
  readonly plan: PushPlan;
  /** Whether the registry has exactly this image already. */
  readonly isDone: boolean;
}

/** What a push would do. Throws a `UserError` where nobody can say whether a release would be replaced. */
export async function planPush(
  { host, image }: { readonly host: string; readonly image: Image },
  target: ImageReference,
  deps: Pick<Deps, 'config' | 'hosts' | 'registries'>,
): Promise<PlannedPush> {
  const found = await registryHas(target, host, deps);
  const isRelease = kindOfTag(target.tag ?? '') === 'release';
  if (found === undefined && isRelease)
    throw new UserError(
      'registry_refused',
      `Not pushed: ${target.registry} does not say whether it has \`${familiar(target)}\`, and a release is never replaced unnoticed.`,
      'Check that Fairlead or the host reaches the registry, and its account.',
    );
  const before = found ?? null;
  const plan = { hosts: everyHost(deps.config), from: host, target: canonical(target), imageId: image.id, before };
  const isDone = before !== null && isSame(image, before);
  return { plan, isDone };
}

/** An engine keeps the digest of an image that it pulled or pushed, and with containerd's store that is its id. */
function isSame({ id, digests }: Image, digest: string): boolean {
  return id === digest || digests.some((name) => name.endsWith(`@${digest}`));
}
