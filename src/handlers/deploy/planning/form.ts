import { parseReference } from '../../../domain/reference.ts';
import { authorize } from '../../../policy/authorize.ts';
import { named } from '../../../text/names.ts';
import { nobodyCanApprove, toApprove } from '../../approval/nobody.ts';
import type { NobodyCan } from '../../approval/nobody-can.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { failuresOf } from './failures.ts';

/** Slack opens a form for three seconds after it was asked for: a slow registry costs its list of tags, not the form. */
const TAGS_MS = 1200;

/** What a form to deploy with offers; a view makes it into one. */
export interface FormResult {
  readonly kind: 'form';
  readonly services: readonly { readonly name: string }[];
  readonly chosen:
    | {
        readonly name: string;
        readonly hosts: readonly string[];
        /** Newest first; empty when the registry gives no list. */
        readonly tags: readonly string[];
        /** The registry has more tags than were read. */
        readonly cut: boolean;
        readonly running: string | undefined;
        /** Tags whose last try was rolled back. */
        readonly failed: readonly string[];
        /** That nobody could approve a deploy of it to all these hosts; undefined where that is not known. */
        readonly nobody: NobodyCan | undefined;
      }
    | undefined;
}

/** Offers the services the person may deploy here, and the versions and hosts of the one they named. */
export async function deployForm(
  name: string | undefined,
  request: Request,
  deps: Pick<Deps, 'config' | 'kinds' | 'people' | 'specs' | 'store' | 'tags'>,
  signal: AbortSignal,
): Promise<FormResult> {
  const services = deployableHere(request, deps);
  const names = [...services.keys()];
  const only = name ?? (names.length === 1 ? names[0] : undefined);
  const service = only === undefined ? undefined : deps.config.services.get(only);
  const offered = names.map((one) => ({ name: one }));
  if (!service || !services.has(service.name)) return { kind: 'form', services: offered, chosen: undefined };
  const hosts = services.get(service.name) ?? [];
  const what = `your deploy of ${service.name} to ${named(hosts, 300)}`;
  const [{ tags, cut }, last, failures, nobody] = await Promise.all([
    deps.tags.list(parseReference(service.image), AbortSignal.any([signal, AbortSignal.timeout(TAGS_MS)])),
    deps.store.versions.of({ service: service.name, limit: 1 }),
    failuresOf(service.name, deps),
    nobodyCanApprove(what, toApprove('deploy', service.name, hosts), request, deps),
  ]);
  return {
    kind: 'form',
    services: offered,
    chosen: {
      name: service.name,
      hosts,
      tags,
      cut,
      running: last[0]?.tag,
      failed: failures.flatMap(({ image: { tag } }) => tag ?? []),
      nobody,
    },
  };
}

/** The services this person may deploy in this channel, each with the hosts they may do it on. */
export function deployableHere(
  request: Request,
  deps: Pick<Deps, 'config' | 'specs'>,
): ReadonlyMap<string, readonly string[]> {
  const spec = deps.specs.find(({ name }) => name === 'deploy');
  const out = new Map<string, readonly string[]>();
  if (!spec) return out;
  const { channel, person, membership } = request;
  for (const service of deps.config.services.keys()) {
    const decision = authorize({ spec, on: undefined, service, channel, person, membership }, deps.config);
    if (decision.kind !== 'deny') out.set(service, decision.hosts);
  }
  return out;
}
