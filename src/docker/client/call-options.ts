export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Filters as an engine takes them: `{ dangling: ['true'] }`. */
export type Filters = Readonly<Record<string, readonly string[]>>;

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly serverAddress: string;
}

export interface LogQuery {
  readonly tail: number | 'all';
  /** Unix seconds, fractions allowed. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly timestamps: boolean;
  readonly follow: boolean;
  /** Taken from `inspectContainer`: the log of a terminal has no frames. */
  readonly tty: boolean;
}
