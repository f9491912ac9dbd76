/** Where an engine is and how to reach it; paths are absolute. */
export type EngineAddress =
  | { readonly kind: 'unix'; readonly socketPath: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: TlsFiles | undefined }
  | {
      readonly kind: 'ssh';
      readonly user: string;
      readonly host: string;
      readonly port: number;
      /** The engine's socket on the far side. */
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

/** Where an engine's published ports are reached from here. */
export interface Reach {
  readonly host: string;
  /** On this machine: its containers' own addresses may be reached too. */
  readonly isLocal: boolean;
  /** Of an engine that is reached over TCP. */
  readonly port?: number | undefined;
  /** Beginnings of the id of the container Fairlead itself runs in, if any. */
  readonly self?: readonly string[] | undefined;
}
