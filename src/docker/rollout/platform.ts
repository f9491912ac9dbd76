import type { EngineVersion } from '../client/types.ts';
import { platformText, type RawContainer, type RawImage } from '../shapes/raw.ts';
import type { Wanted } from './wanted.ts';

/** The platform of a new container. */
export interface PlatformChoice {
  /** What pull and create ask for: `linux/arm64`. Undefined for the host's own, which an engine takes by itself. */
  readonly platform: string | undefined;
  /** The platform that the container is to run for: that one, or the host's own. Undefined where any may do. */
  readonly needed: string | undefined;
  /** Whether an image that the host has is for it. A host may have an image for another platform alone, under the same digest. */
  isRight(platform: string | undefined): boolean;
}

/**
 * The platform for which a new version is created. An adopted container that runs for another one than its host's
 * (`docker run --platform`) keeps it: an engine takes its own where several are in an image.
 */
export function platformFor(
  { from }: Pick<Wanted, 'from'>,
  live: { readonly raw: RawContainer; readonly image: RawImage | undefined } | undefined,
  { os, arch, podman }: Pick<EngineVersion, 'os' | 'arch' | 'podman'>,
): PlatformChoice {
  const now = live && (platformText(live.raw.ImageManifestDescriptor?.platform ?? NONE) ?? live.image?.platform);
  const native = `${os}/${arch}`;
  // Images of one platform alone run on others too, where the host emulates it.
  if (podman || os === '' || arch === '' || (live && now === undefined)) return ANY;
  if (now === undefined || isSame(now, native))
    return { platform: undefined, needed: native, isRight: (one) => isSame(one, native) };
  return from.kind === 'adopt' ? { platform: now, needed: now, isRight: (one) => isSame(one, now) } : ANY;
}

const NONE = { os: '', architecture: '', variant: '' };
const ANY: PlatformChoice = { platform: undefined, needed: undefined, isRight: () => true };

/** An image that is not made for the platform that is needed. */
export interface WrongPlatform {
  readonly needed: string;
  readonly offered: readonly string[];
}

/** Characters of a sentence for the platforms of an image, which a registry tells. */
export const MOST_PLATFORMS = 200;

/** Architectures whose programs another one runs by itself. */
const RUNS_TOO: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };

/**
 * Compares what an image is made for with the platform that is needed. Undefined where one of them fits, and where either is
 * not known. Variants are left to the engine, which takes an older one too.
 */
export function wrongPlatform(
  { platform, needed }: PlatformChoice,
  offered: readonly string[],
): WrongPlatform | undefined {
  if (needed === undefined || offered.length === 0) return undefined;
  const [os, arch = ''] = needed.split('/');
  // With a platform asked for, engines give no other one.
  const fits = platform === undefined ? [arch, RUNS_TOO[arch]] : [arch];
  const isOne = offered.some((one) => {
    const [ofOs, ofArch] = one.split('/');
    return ofOs === os && fits.includes(ofArch);
  });
  return isOne ? undefined : { needed, offered: [...new Set(offered)] };
}

/** Whether two platforms have one architecture; a variant, such as `v8`, is not always said. */
function isSame(one: string | undefined, other: string): boolean {
  const [os, arch, variant] = (one ?? other).split('/');
  const [otherOs, otherArch, otherVariant] = other.split('/');
  const isVariant = variant === undefined || otherVariant === undefined || variant === otherVariant;
  return os === otherOs && arch === otherArch && isVariant;
}
