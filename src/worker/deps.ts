import type { Deps } from '../handlers/deps.ts';

/** Dependencies of the worker: store, hosts and Slack's Web API, but nothing that receives requests. */
export type WorkerDeps = Pick<
  Deps,
  | 'board'
  | 'config'
  | 'hosts'
  | 'kinds'
  | 'log'
  | 'now'
  | 'observer'
  | 'people'
  | 'proofs'
  | 'redact'
  | 'scans'
  | 'specs'
  | 'store'
>;
