import type { EngineError } from '../../../docker/client/engine-error.ts';
import type { ImageReference } from '../../../domain/reference.ts';
import type { Ping } from '../../../registry/client.ts';

/** What is known of an image on one host when its trouble is diagnosed. `undefined` where it could not be read. */
export interface ImageFacts {
  readonly host: string;
  readonly reference: ImageReference;
  /** What its registry told the engine, which asked without pulling it. */
  readonly asked:
    | { readonly kind: 'found'; readonly digest: string; readonly platforms: readonly string[] }
    | ({ readonly kind: 'failed' } & Pick<EngineError, 'fault' | 'engineSaid' | 'status'>)
    | undefined;
  /** The image as the host has it; `missing` when it has none of that name. */
  readonly present: { readonly digests: readonly string[] } | 'missing' | undefined;
  readonly engine: { readonly arch: string; readonly proxy: string; readonly time: string } | undefined;
  readonly diskFreeBytes: number | undefined;
  /** A connection from Fairlead to the registry. */
  readonly ping: Ping | undefined;
  readonly nearTags: readonly string[];
  readonly nearRepository: string | undefined;
  /** Whether the config has an account for the registry. */
  readonly hasAccount: boolean;
  /** What deserves a warning about how it was written. */
  readonly warnings: readonly string[];
  /** Unix milliseconds by Fairlead's clock. */
  readonly now: number;
  readonly unread: readonly string[];
}
