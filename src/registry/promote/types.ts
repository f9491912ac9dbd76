import type { RegistryError } from '../errors.ts';

/** How an image came under its new tag. `same`: within its repository, by the tag alone. */
export type Way = 'same' | 'harbor' | 'blobs';

/** Something that belongs to an image and was not taken along. */
export interface Left {
  /** Artifact type or tag. */
  readonly what: string;
  readonly why: string;
}

/** The tag was read back, and stands for the source's digest. */
export interface Promoted {
  readonly ok: true;
  readonly digest: string;
  readonly way: Way;
  /** Blobs by how they came: there before, mounted by the registry, copied through Fairlead. */
  readonly present: number;
  readonly mounted: number;
  readonly copied: number;
  readonly copiedBytes: number;
  /** Signatures, SBOMs and the like that came along. */
  readonly carried: number;
  readonly left: readonly Left[];
}

/** The tag does not stand for the source's digest, or nobody can say. */
export interface NotPromoted {
  readonly ok: false;
  readonly error: RegistryError;
  /** What the tag stands for after the failure: null for nothing, undefined where it could not be read. */
  readonly now: string | null | undefined;
  /** What was under way: `reading the image`. */
  readonly step: string;
}

export type Promotion = Promoted | NotPromoted;
