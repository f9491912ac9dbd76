import type { CommandSpec } from '../../commands/language/define.ts';
import { ownName } from '../../docker/rollout/names.ts';
import { authorize, permissions } from '../../policy/authorize.ts';
import type { Deps } from '../deps.ts';
import { serviceOfContainer } from '../lifecycle/service-of.ts';
import type { Request } from '../request.ts';
import type { Known, KnownContainers } from './known-containers.ts';

/** A container that a person may choose for a command. */
export interface SuggestedContainer {
  readonly host: string;
  readonly name: string;
  readonly id: string;
  /** The engine's words: `Up 3 hours (healthy)`. */
  readonly status: string;
}

export interface Suggesting {
  readonly asker: Pick<Request, 'person' | 'channel' | 'membership'>;
  readonly spec: CommandSpec;
  /** What was typed so far: any part of a name, or the beginning of an id. */
  readonly query: string;
  /** Only on these hosts; undefined: on all that are permitted. */
  readonly hosts: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Slack shows no more. */
const MOST = 100;

/** The containers that a person may give a command for, those that run first; at most 100. */
export async function suggestContainers(
  { asker, spec, query, hosts, signal }: Suggesting,
  known: KnownContainers,
  { config }: Pick<Deps, 'config'>,
): Promise<readonly SuggestedContainer[]> {
  const permitted = permissions([spec], asker, config).get(spec.name) ?? [];
  const on = hosts ? permitted.filter((host) => hosts.includes(host)) : permitted;
  const wanted = query.trim().toLowerCase();
  const lists = await known.list(on, asker.person, signal);
  const matching = lists
    .flatMap(({ host, containers }) => containers.map((container) => ({ host, container })))
    .filter(({ container }) => matches(container, wanted))
    .toSorted((a, b) => rank(a.container, wanted) - rank(b.container, wanted));
  const out: SuggestedContainer[] = [];
  for (const { host, container } of matching) {
    if (out.length === MOST) break;
    const service = serviceOfContainer(container, config);
    const term = { text: host, terms: [{ kind: 'host' as const, name: host }] };
    if (authorize({ ...asker, spec, on: term, service }, config).kind === 'deny') continue;
    out.push({ host, name: ownName(container), id: container.id, status: container.status });
  }
  return out;
}

function matches(container: Known, wanted: string): boolean {
  return ownName(container).toLowerCase().includes(wanted) || (wanted.length > 3 && container.id.startsWith(wanted));
}

/** Running ones first, then by how early in the name it is what was typed. */
function rank(container: Known, wanted: string): number {
  const at = ownName(container).toLowerCase().indexOf(wanted);
  return (container.state === 'running' ? 0 : 1000) + (at < 0 ? 500 : Math.min(at, 400));
}
