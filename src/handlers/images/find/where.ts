import type { Config } from '../../../config.ts';
import type { Filters } from '../../../docker/client/call-options.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { nearest } from '../../../domain/nearest.ts';
import { named } from '../../../text/names.ts';
import { withWord } from '../../choices.ts';
import type { Request } from '../../request.ts';

export const DOCKER_HUB = 'docker.io';

/** Other names of Docker Hub. */
const ALSO_HUB: readonly string[] = ['index.docker.io', 'registry-1.docker.io', 'hub.docker.com', 'dockerhub', 'hub'];

export interface Where {
  readonly term: string;
  /** The registries to search: those of the config, then Docker Hub. */
  readonly registries: readonly string[];
}

/** What one registry is asked. */
export interface OneSearch {
  readonly registry: string;
  readonly term: string;
  readonly limit: number;
  readonly filters: Filters;
}

/**
 * The registries that a search is for. A term may begin with one (`harbor.example.com/shop`), as `docker search` takes it.
 * Throws a `UserError` for a registry that the config does not name: no other is ever asked.
 */
export function whereToSearch(
  { args, line }: Pick<Request<{ readonly term: string; readonly registry?: string | undefined }>, 'args' | 'line'>,
  config: Config,
): Where {
  const own = [...config.registries.keys()].filter((name) => name !== DOCKER_HUB);
  const known = [...own, DOCKER_HUB];
  const slash = args.term.indexOf('/');
  const first = slash < 0 ? '' : args.term.slice(0, slash);
  const leads = known.includes(asHub(first)) || first === 'localhost' || /[.:]/u.test(first);
  const wanted = args.registry ?? (leads ? first : undefined);
  const term = leads ? args.term.slice(slash + 1) : args.term;
  if (term === '') throw new UserError('bad_input', 'There is nothing to search for.', 'Give part of a name.');
  if (wanted === undefined) return { term, registries: known };
  const registry = known.find((name) => name.toLowerCase() === asHub(wanted.toLowerCase()));
  if (registry !== undefined) return { term, registries: [registry] };
  const near = nearest(wanted, known);
  const right = near === undefined ? undefined : withWord(line, wanted, near);
  throw new UserError(
    'not_found',
    `${code(wanted)} is not a registry of the config${near === undefined ? '' : `. Did you mean \`${near}\`?`}`,
    `Registries: ${named(known, 500)}`,
    { choices: right === undefined ? [] : [{ label: near ?? '', line: right }] },
  );
}

const asHub = (name: string) => (ALSO_HUB.includes(name) ? DOCKER_HUB : name);
