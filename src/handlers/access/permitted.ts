import { permissions } from '../../policy/authorize.ts';
import type { Deps, Request } from '../types.ts';

export function permitted(request: Request, deps: Deps): ReadonlyMap<string, readonly string[]> {
  return permissions(deps.specs, request, deps.config);
}
