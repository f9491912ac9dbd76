import { ATTENTION } from './attention.ts';
import { CHANGES } from './changes.ts';
import { HOST_VERDICTS } from './host-verdicts.ts';
import { JOBS } from './jobs.ts';
import type { Migration } from './migration.ts';
import { REPLICAS } from './replicas.ts';
import { UNANSWERED } from './unanswered.ts';
import { UNCONFIRMED } from './unconfirmed.ts';

/**
 * Steps that both kinds of database take, in order, each once: after those of `sqlite/migrations`, in whose result a
 * database of Postgres begins. Their numbers go on from there.
 */
export const SHARED: readonly Migration[] = [
  CHANGES,
  REPLICAS,
  JOBS,
  UNANSWERED,
  UNCONFIRMED,
  HOST_VERDICTS,
  ATTENTION,
];
