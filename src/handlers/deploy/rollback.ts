import type { RollbackArgs } from '../../commands/deploy/rollback.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { serviceName } from '../../policy/services.ts';
import { namingSilent, unseenOn } from '../containers/find-container.ts';
import { askForHost } from '../containers/select-containers.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { HostFailure, Request } from '../request.ts';
import { containerImage } from './planning/adopt.ts';
import { rollbackList, type VersionsResult, versionNamed } from './planning/versions.ts';
import { type CardResult, type PlannedResult, PUT_NEEDS, put } from './put.ts';

export const rollback = handler<RollbackArgs, CardResult | PlannedResult | VersionsResult>()(
  PUT_NEEDS,
  async (request, deps, run) => {
    const { args } = request;
    const service = serviceName(args.service, deps.config);
    const { hosts, failures } = await hostsMeant(service, request, deps, run.signal);
    const unseen = unseenOn(failures);
    return namingSilent(failures, async () => {
      if (args.to === undefined) return { ...(await rollbackList({ ...request, hosts }, deps, run.signal)), unseen };
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
          unseen,
        },
        request,
        deps,
        run,
      );
    });
  },
);

interface Meant {
  readonly hosts: readonly string[];
  /** Hosts that did not say whether they have the container too. */
  readonly failures: readonly HostFailure[];
}

/** The hosts of a service, or those that were named; else the one with versions of the container, or with the container. */
async function hostsMeant(
  service: string,
  request: Request<RollbackArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'specs' | 'store'>,
  signal: AbortSignal,
): Promise<Meant> {
  if (request.hostsNamed || deps.config.services.has(service)) return { hosts: request.hosts, failures: [] };
  const versions = (await deps.store.versions.of({ service })).filter(({ integrity }) => integrity === 'signed');
  const on = request.hosts.filter((host) => versions.some((one) => one.host === host));
  if (on.length === 0) return containerImage(service, request, deps, signal);
  askForHost(request, [{ typed: service, places: on.map((host) => ({ host })) }], []);
  return { hosts: on, failures: [] };
}
