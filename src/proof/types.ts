import type { ImageReference } from '../domain/reference.ts';

/** An image by its digest. */
export type Pinned = Pick<ImageReference, 'registry' | 'path'> & { readonly digest: string };

/** Something in a registry that may prove who signed an image. All of it is a stranger's until it is verified. */
export type Material =
  /** A Sigstore bundle (cosign 3, GitHub's attestations): a referrer of the image. */
  | { readonly layout: 'bundle'; readonly where: string; readonly bytes: Buffer }
  /** A layer of cosign 2's tag `sha256-….sig`: a payload, its signature in annotations. */
  | { readonly layout: 'tag'; readonly where: string; readonly bytes: Buffer; readonly annotations: Annotations }
  /** A layer of cosign 2's tag `sha256-….att`: a DSSE envelope, its certificate in annotations. */
  | {
      readonly layout: 'attestation';
      readonly where: string;
      readonly bytes: Buffer;
      readonly annotations: Annotations;
    };

export type Annotations = Readonly<Record<string, string>>;

/** What the registry has for one digest, and what of it could not be read. */
export interface Collected {
  readonly materials: readonly Material[];
  /** What was left out or could not be read. */
  readonly notes: readonly Found[];
  /** Whether the registry, or a part of what it has, could not be asked: then nothing can be said to be missing. */
  readonly isWhole: boolean;
}

/** Who signed, as proven. */
export type SignedBy =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'keyless'; readonly identity: string; readonly issuer: string };

/** How an image was built, as its certificate or a signed provenance says. */
export interface Built {
  readonly builder?: string | undefined;
  /** `https://github.com/acme/shop` */
  readonly repository?: string | undefined;
  /** 40 hex digits (or 64). */
  readonly commit?: string | undefined;
  /** `refs/heads/main` */
  readonly ref?: string | undefined;
}

/** What was there and proves nothing, and why: stable words, and a sentence in which strangers' words are cut and in backticks. */
export interface Found {
  readonly code: FoundCode;
  readonly words: string;
}

export type FoundCode =
  /** Signed by somebody accepted, for another digest. */
  | 'other_image'
  | 'other_signer'
  | 'other_key'
  /** By no trusted authority, or not for the time of signing. */
  | 'certificate'
  | 'time'
  | 'log'
  | 'signature'
  | 'malformed'
  /** It says something else than that the image is its signer's. */
  | 'other_claim'
  | 'provenance'
  /** The registry did not give it. */
  | 'unread'
  /** More than is looked at. */
  | 'cut';

/** Whether an image satisfies the rules that cover it. */
export type Proof =
  | { readonly ok: true; readonly rules: readonly string[]; readonly by: SignedBy; readonly built: Built | undefined }
  | {
      readonly ok: false;
      /** The rule that is not satisfied: `images.verify[0]`. */
      readonly rule: string;
      /** `unknown`: the registry did not answer, so nothing can be said. */
      readonly why: 'unsigned' | 'refused' | 'provenance' | 'unknown';
      /** Empty when nothing was there. */
      readonly found: readonly Found[];
      readonly expected: readonly string[];
    };
