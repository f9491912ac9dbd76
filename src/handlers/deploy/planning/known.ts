import type { Config } from '../../../config.ts';
import { UserError } from '../../../domain/errors.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { noService } from '../../../policy/services.ts';
import type { Request } from '../../request.ts';

/** A service of the config. A lock on a misspelt name would keep nobody from anything, and its history says nothing. */
export function knownService(name: string, request: Pick<Request, 'channel' | 'membership'>, config: Config): void {
  const missing = noService(name, config, servicesSeen(request, config));
  if (missing !== undefined) throw new UserError('not_found', missing);
}
