import type { Config } from '../../../config.ts';
import { UserError } from '../../../domain/errors.ts';
import { noService } from '../../../policy/services.ts';

/** A service of the config. A lock on a misspelt name would keep nobody from anything, and its history says nothing. */
export function knownService(name: string, config: Config): void {
  const missing = noService(name, config);
  if (missing !== undefined) throw new UserError('not_found', missing);
}
