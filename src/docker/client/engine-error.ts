/** Kinds of failures, classified by the engine's status and message: neither alone is reliable. */
export type EngineFault =
  | 'unreachable'
  | 'timeout'
  /** A transfer between the engine and a registry that does not go on: which of them is slow, nobody can see. */
  | 'stalled'
  | 'tls'
  | 'ssh'
  | 'api_version'
  | 'not_found'
  | 'conflict'
  | 'in_use'
  | 'busy'
  | 'no_space'
  | 'rate_limited'
  | 'auth_missing'
  | 'auth_bad'
  | 'auth_forbidden'
  | 'auth_or_missing'
  | 'tag_not_found'
  | 'repository_not_found'
  | 'digest_not_found'
  | 'dns'
  | 'connection_refused'
  | 'proxy'
  | 'insecure_registry'
  | 'tls_unknown_ca'
  | 'tls_name'
  | 'registry_policy'
  | 'tag_immutable'
  | 'quota_exceeded'
  | 'upload_too_large'
  | 'registry_down'
  | 'not_a_registry'
  | 'platform'
  | 'bad_reference'
  | 'logs_unreadable'
  | 'protocol'
  | 'too_large'
  | 'refused'
  | 'aborted';

export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly fault: EngineFault;
  /** The engine's HTTP status; undefined when it did not answer. */
  readonly status: number | undefined;
  /** The engine's own message without control characters, or ours when it did not answer. */
  readonly engineSaid: string;
  /** `engineSaid` is a message the engine sent, and may be quoted as such. */
  readonly fromEngine: boolean;

  constructor(
    fault: EngineFault,
    engineSaid: string,
    status?: number,
    { fromEngine = false, ...options }: ErrorOptions & { readonly fromEngine?: boolean } = {},
  ) {
    super(engineSaid, options);
    this.fault = fault;
    this.engineSaid = engineSaid;
    this.fromEngine = fromEngine;
    this.status = status;
  }
}
