/** A repository that a search found. The texts are strangers'. */
export interface FoundRepository {
  /** Without the registry: `library/nginx`, `devops/shop`. */
  readonly path: string;
  readonly description: string;
  /** Undefined where the registry has no stars. */
  readonly stars: number | undefined;
  readonly isOfficial: boolean;
}

export interface SearchQuery {
  readonly term: string;
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface SearchAnswer {
  readonly found: readonly FoundRepository[];
  /** Whether the registry has more repositories than were looked through or are shown. */
  readonly cut: boolean;
}

/** When a tag was pushed, or its image built. */
export interface TagDate {
  /** Unix milliseconds. */
  readonly at: number;
  readonly of: 'pushed' | 'built';
}

/** Vulnerabilities that the registry itself has found, by severity, the worst first. */
export interface ScanCounts {
  /** `success`, or why there are no counts: `running`, `error`, … in the registry's word. */
  readonly status: string;
  readonly counts: readonly { readonly severity: string; readonly count: number }[];
}

/** What a registry says of one tag. Undefined is what it does not say. */
export interface TagDetail {
  readonly digest: string | undefined;
  readonly date: TagDate | undefined;
  /** Compressed bytes: of the whole where the registry says so, else of `sizeOf`. */
  readonly bytes: number | undefined;
  /** The platform that `bytes` is of, where that is not all. */
  readonly sizeOf: string | undefined;
  /** `linux/amd64`. */
  readonly platforms: readonly string[];
  /** Whether there is a signature; nobody has verified it. */
  readonly signature: 'present' | 'absent' | 'unknown';
  readonly scan: ScanCounts | undefined;
}
