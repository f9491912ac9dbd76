import type { RegistryKind } from '../config/registries.ts';

/** Which product a registry is. */
export interface KindFound {
  /** Undefined where nothing tells: it may still be one that speaks the Distribution API. */
  readonly kind: RegistryKind | undefined;
  /** As the product says it; undefined where it does not. */
  readonly version: string | undefined;
}
