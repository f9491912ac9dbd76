import { UserError } from '../domain/errors.ts';

/** Why a database cannot be used, with a next step for the operator of Fairlead. */
export interface Reasons {
  readonly why: string;
  readonly hint: string;
  /** Whether it may be there a moment later, without anybody correcting anything. */
  readonly isAway?: boolean;
}

/** A database that cannot be used. Its message is one sentence with the database's path. */
export class DatabaseFault extends Error {
  override readonly name = 'DatabaseFault';
  readonly path: string;
  readonly why: string;
  readonly hint: string;
  readonly isAway: boolean;

  constructor(path: string, { why, hint, isAway = false }: Reasons, options?: ErrorOptions) {
    super(`The database ${path} cannot be used: ${why}.`, options);
    this.path = path;
    this.why = why;
    this.hint = hint;
    this.isAway = isAway;
  }
}

/** Runs `work`; rejects with a `UserError` instead of a `DatabaseFault`: what was not done, with which database, and why. */
export async function explainFaults<T>(notDone: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    throw new UserError('not_found', `${notDone}: ${error.path} cannot be used: ${error.why}.`, error.hint);
  }
}
