/** Where an engine is and how to reach it; paths are absolute. */
export type EngineAddress =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined }
  | {
      readonly kind: 'ssh';
      readonly user: string;
      readonly host: string;
      readonly port: number;
      /** Path of the engine's socket on the remote host. */
      readonly socketPath: string;
      readonly knownHosts: string;
      /** Private key file; without it the SSH agent of SSH_AUTH_SOCK is used. */
      readonly identity: string | undefined;
    };

export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** How ports that an engine publishes are reached from this process. */
export interface Reach {
  readonly host: string;
  /** True on this machine, where a container's own address can be reached too. */
  readonly isLocal: boolean;
  /** Port of an engine that is reached over TCP. */
  readonly port?: number | undefined;
  /** Prefixes of the id of the container Fairlead itself runs in, if any. */
  readonly self?: readonly string[] | undefined;
}
