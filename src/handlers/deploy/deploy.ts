import type { DeployArgs } from '../../commands/deploy/deploy.ts';
import type { Overrides } from '../../docker/rollout/wanted.ts';
import { type ImageReference, parseReference } from '../../domain/reference.ts';
import { servicesSeen } from '../../policy/authorize.ts';
import { checkImage } from '../../policy/images.ts';
import { serviceName } from '../../policy/services.ts';
import { namingSilent, unseenOn } from '../containers/find-container.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import type { Request } from '../request.ts';
import { containerImage } from './planning/adopt.ts';
import { deployForm, type FormResult } from './planning/form.ts';
import { adoptedImage, wantedImage } from './planning/image.ts';
import { type CardResult, type PlannedResult, PUT_NEEDS, put } from './put.ts';

export const deploy = handler<DeployArgs, CardResult | PlannedResult | FormResult>()(
  PUT_NEEDS,
  async (request, deps, run) => {
    const { args } = request;
    const name = args.service === undefined ? undefined : serviceName(args.service, deps.config);
    const service = name === undefined ? undefined : deps.config.services.get(name);
    if (name === undefined || asksForVersion(request, deps)) return deployForm(name, request, deps, run.signal);
    const asked = {
      action: 'deploy' as const,
      service: name,
      overrides: overridesOf(args),
      reason: args.reason,
      breakGlass: args.breakGlass,
    };
    const checked = (image: ImageReference) =>
      checkImage(image, deps.config, servicesSeen(request, deps.config)).reference;
    if (service) {
      const image = checked(wantedImage(args.image, parseReference(service.image), true));
      return put({ ...asked, image, hosts: request.hosts, unseen: [] }, request, deps, run);
    }
    const found = await containerImage(name, request, deps, run.signal);
    const { hosts, failures } = found;
    return namingSilent(failures, async () => {
      const image = checked(adoptedImage(args.image, found));
      return put({ ...asked, image, hosts, unseen: unseenOn(failures) }, request, deps, run);
    });
  },
);

/** Whether a form asks for the service, or for its version. */
export function asksForVersion({ args }: Request<DeployArgs>, { config }: Pick<Deps, 'config'>): boolean {
  const { service, image } = args;
  return service === undefined || (image === undefined && config.services.has(serviceName(service, config)));
}

function overridesOf(args: DeployArgs): Overrides {
  const environment = Object.fromEntries(
    args.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return {
    ...(args.memory === undefined ? {} : { memory: args.memory }),
    ...(args.cpus === undefined ? {} : { cpus: args.cpus }),
    ...(args.env.length === 0 ? {} : { environment }),
    ...(args.publish.length === 0 ? {} : { ports: args.publish }),
    ...(args.volume.length === 0 ? {} : { volumes: args.volume }),
  };
}
