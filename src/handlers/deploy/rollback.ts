import type { RollbackArgs } from '../../commands/deploy/rollback.ts';
import { checkImage } from '../../policy/images.ts';
import { serviceName } from '../../policy/services.ts';
import type { Handler } from '../deps.ts';
import { rollbackList, type VersionsResult, versionNamed } from './planning/versions.ts';
import { type CardResult, type PlannedResult, put } from './put.ts';

export const rollback: Handler<RollbackArgs, CardResult | PlannedResult | VersionsResult> = async (
  request,
  deps,
  run,
) => {
  const { args } = request;
  if (args.to === undefined) return rollbackList(request, deps, run.signal);
  const service = serviceName(args.service, deps.config);
  const image = await versionNamed(service, args.to, request.hosts, deps);
  return put(
    {
      action: 'rollback',
      service,
      image: checkImage(image, deps.config).reference,
      hosts: request.hosts,
      overrides: {},
      reason: args.reason,
      breakGlass: args.breakGlass,
    },
    args,
    request,
    deps,
    run,
  );
};
