import type { RegistryKind } from '../../../config/registries.ts';
import { commandLine, type Phrase, phrase } from '../../../domain/phrase.ts';
import { hasSearch, searchRegistry } from '../../../registry/catalogue/search.ts';
import type { SearchAnswer } from '../../../registry/catalogue/types.ts';
import { RegistryError, type RegistryFault } from '../../../registry/errors.ts';
import { explainRegistry } from '../../../registry/explain.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { searchHub } from './search-hub.ts';
import { DOCKER_HUB, type OneSearch } from './where.ts';

export type Searched =
  | ({ readonly ok: true; readonly registry: string } & SearchAnswer)
  | { readonly ok: false; readonly registry: string; readonly cause: string; readonly tryThis: Phrase };

/** Milliseconds for one registry; the answer does not wait for it longer. */
const DEADLINE_MS = 8000;

type SearchDeps = Pick<Deps, 'config' | 'hosts' | 'redact' | 'registries'>;

/** Searches one registry. A registry that does not answer is a cause in words; rejects only with faults of our own. */
export async function searchOne(
  request: Request,
  query: OneSearch,
  deps: SearchDeps,
  signal: AbortSignal,
): Promise<Searched> {
  const { registry, term, limit } = query;
  const until = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  let kind: RegistryKind | undefined;
  try {
    if (registry === DOCKER_HUB) return { ok: true, registry, ...(await searchHub(request, query, deps, until)) };
    kind = (await deps.registries.kind(registry, until)).kind;
    const [answer] = await Promise.all([
      searchRegistry(deps.registries, { registry, kind }, { term, limit, signal: until }),
      kind === 'harbor' ? assertAccount(registry, deps, until) : undefined,
    ]);
    return { ok: true, registry, ...answer };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    return { ok: false, registry, ...whyNot(error, kind, deps.redact) };
  }
}

/** Harbor searches what is public for an account that it does not accept, without a word. */
async function assertAccount(registry: string, { config, registries }: SearchDeps, signal: AbortSignal): Promise<void> {
  if (config.registries.get(registry)?.username === undefined) return;
  const status = await registries.tryAccount(registry, signal);
  if (status === 401 || status === 403) throw new RegistryError(registry, 'unauthorized', { status });
}

/** How registries refuse to list all repositories, which is for their administrators. */
const NO_LIST: readonly RegistryFault[] = ['unauthorized', 'denied', 'unsupported', 'not_found'];

function whyNot(
  error: RegistryError,
  kind: RegistryKind | undefined,
  redact: Deps['redact'],
): { readonly cause: string; readonly tryThis: Phrase } {
  const { summary, tryThis } = explainRegistry(error);
  const said = error.said === '' ? '' : ` It says: ${redact(error.said)}`;
  if (hasSearch(kind) || !NO_LIST.includes(error.fault)) return { cause: `${summary}${said}`, tryThis };
  return {
    cause: `${error.registry} does not list its repositories to Fairlead's account.${said}`,
    tryThis: phrase`With the whole name, tags can be listed all the same: ${commandLine(`tags ${error.registry}/devops/shop`)}`,
  };
}
