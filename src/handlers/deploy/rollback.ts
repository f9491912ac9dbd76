import type { RollbackArgs } from '../../commands/deploy/rollback.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { serviceName } from '../../policy/services.ts';
import { askForHost } from '../containers/select-containers.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request } from '../request.ts';
import { containerImage } from './planning/adopt.ts';
import { rollbackList, type VersionsResult, versionNamed } from './planning/versions.ts';
import { type CardResult, type PlannedResult, PUT_NEEDS, put } from './put.ts';

export const rollback = handler<RollbackArgs, CardResult | PlannedResult | VersionsResult>()(
  PUT_NEEDS,
  async (request, deps, run) => {
    const { args } = request;
    const service = serviceName(args.service, deps.config);
    const hosts = await hostsMeant(service, request, deps, run.signal);
    if (args.to === undefined) return rollbackList({ ...request, hosts }, deps, run.signal);
    const image = await versionNamed(service, args.to, { hosts, signal: run.signal }, deps);
    return put(
      {
        action: 'rollback',
        service,
        image: checkImage(image, deps.config, servicesSeen(request, deps.config)).reference,
        hosts,
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

/** The hosts of a service, or those that were named; else the one with versions of the container, or with the container. */
async function hostsMeant(
  service: string,
  request: Request<RollbackArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'specs' | 'store'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (request.hostsNamed || deps.config.services.has(service)) return request.hosts;
  const versions = (await deps.store.versions.of({ service })).filter(({ integrity }) => integrity === 'signed');
  const on = request.hosts.filter((host) => versions.some((one) => one.host === host));
  if (on.length === 0) return (await containerImage(service, request, deps, signal)).hosts;
  askForHost(request, [{ typed: service, places: on.map((host) => ({ host })) }], []);
  return on;
}
