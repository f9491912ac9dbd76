import type { RollbackArgs } from '../../commands/deploy/rollback.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { serviceName } from '../../policy/services.ts';
import { handler } from '../handler.ts';
import { rollbackList, type VersionsResult, versionNamed } from './planning/versions.ts';
import { type CardResult, type PlannedResult, PUT_NEEDS, put } from './put.ts';

export const rollback = handler<RollbackArgs, CardResult | PlannedResult | VersionsResult>()(
  PUT_NEEDS,
  async (request, deps, run) => {
    const { args } = request;
    if (args.to === undefined) return rollbackList(request, deps, run.signal);
    const service = serviceName(args.service, deps.config);
    const image = await versionNamed(service, args.to, { hosts: request.hosts, signal: run.signal }, deps);
    return put(
      {
        action: 'rollback',
        service,
        image: checkImage(image, deps.config, servicesSeen(request, deps.config)).reference,
        hosts: request.hosts,
        overrides: {},
        reason: args.reason,
        breakGlass: args.breakGlass,
      },
      request,
      deps,
      run,
    );
  },
);
