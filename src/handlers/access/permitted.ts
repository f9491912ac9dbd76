import { permissions } from '../../policy/authorize.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';

export function permitted(
  request: Request,
  deps: Pick<Deps, 'config' | 'specs'>,
): ReadonlyMap<string, readonly string[]> {
  return permissions(deps.specs, request, deps.config);
}
