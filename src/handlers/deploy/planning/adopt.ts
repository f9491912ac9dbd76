import type { Engine } from '../../../docker/client/engine.ts';
import { LABELS } from '../../../docker/rollout/names.ts';
import { imageReferenceOf, referenceOf, repositoriesOf, repositoryOf } from '../../../docker/rollout/origin.ts';
import { ownLabels } from '../../../docker/rollout/own-labels.ts';
import { unlessGone } from '../../../docker/rollout/survey.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { findContainer, noContainer } from '../../containers/find-container.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';

/** What the hosts say about the image of a container that no service names. */
export interface AdoptedImage {
  /** What a version is taken of when only its tag is said; undefined when the hosts do not name one repository. */
  readonly current: ImageReference | undefined;
  /** By host: the repositories its container is known to run, canonical; empty where nothing there says so. */
  readonly repositories: ReadonlyMap<string, readonly string[]>;
  /** Error for a deploy that names no repository while `current` is undefined. */
  readonly unknown: UserError | undefined;
}

/**
 * Looks for the repository of a container that no service names, so that `/deploy web 1.4.0` needs no more than a tag. It
 * is what a rollout wrote down or somebody typed when the container was made, else the one repository the host has the
 * image of: where its tag stands now does not matter. Throws a `UserError` when a host has no such container.
 */
export async function containerImage(
  name: string,
  hosts: readonly string[],
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<AdoptedImage> {
  const names: string[] = [...deps.config.services.keys()];
  const outcomes = await deps.hosts.each(hosts, (engine) => look(engine, name, signal), { signal });
  const { values, failures } = settle(outcomes, deps.redact);
  const origins = new Map<string, Origin>();
  for (const { host, value } of values) {
    names.push(...value.names);
    if (value.origin) origins.set(host, value.origin);
  }
  if (origins.size === 0 && failures.length > 0) {
    const [first] = failures;
    throw new UserError('unreachable', `${first?.host}: ${first?.summary}`, first?.tryThis);
  }
  if (origins.size === 0) throw noContainer(name, hosts, names, failures);
  const without = hosts.filter((host) => !origins.has(host));
  if (without.length > 0)
    throw new UserError(
      'not_found',
      `There is a container ${code(name)} on ${[...origins.keys()].join(', ')}, but not on ${without.join(', ')}.`,
      `Say \`--on ${[...origins.keys()].join(',')}\`; or make it a service of the config to have it everywhere.`,
    );
  const repositories = new Map([...origins].map(([host, { known }]) => [host, known.map(repositoryOf)]));
  const [current] = [...origins.values()].flatMap(({ known }) => known);
  const isOne = [...repositories.values()].every(([first, ...rest]) => first !== undefined && rest.length === 0);
  const isSame = isOne && new Set([...repositories.values()].flat()).size === 1;
  return isSame
    ? { current, repositories, unknown: undefined }
    : { current: undefined, repositories, unknown: unknown(name, origins) };
}

interface Origin {
  readonly known: readonly ImageReference[];
  /** As the host shows it. */
  readonly image: string;
}

async function look(engine: Engine, name: string, signal: AbortSignal) {
  const { found, names } = await findContainer(engine, name, signal);
  if (!found) return { names, origin: undefined };
  const labels = await ownLabels(engine, found, signal);
  const target = labels[LABELS.target];
  const isCalled = found.names.includes(name);
  refuseVersion(name, isCalled ? target : undefined);
  if (!isCalled && target !== name) return { names, origin: undefined };
  const raw = await engine.inspectRaw(found.id, { signal });
  const said = referenceOf(labels[LABELS.image] ?? '') ?? imageReferenceOf(raw);
  const image = said ? undefined : await unlessGone(engine.imageConfig(raw.Image, { signal }));
  const known = said ? [said] : image ? repositoriesOf(image).map(parseReference) : [];
  return { names, origin: { known, image: raw.Config.Image } };
}

function unknown(name: string, origins: ReadonlyMap<string, Origin>): UserError {
  const nameless = [...origins].find(([, { known }]) => known.length === 0);
  if (nameless)
    return new UserError(
      'cannot_adopt',
      `${code(name)} on ${nameless[0]} was made from an image without a name, so there is no repository to deploy from.`,
      WHOLE,
    );
  const said = [...origins].map(
    ([host, { known }]) => `${host} ${known.map((one) => code(familiar(one))).join(' or ')}`,
  );
  return new UserError('ambiguous', `${code(name)} is not known by one repository: ${said.join(', ')}.`, WHOLE);
}

const WHOLE = 'Say the whole image: repository and tag.';

// Under its own name it would be another service, past the rules, locks and freezes of the one it is a version of.
function refuseVersion(name: string, target: string | undefined): void {
  const aside = /^(.+)\.(?:candidate|prev-[0-9A-Za-z]+|failed-[0-9A-Za-z]+)$/u.exec(name)?.[1];
  const service = target !== undefined && target !== name ? target : aside;
  if (service !== undefined)
    throw new UserError(
      'cannot_adopt',
      `${code(name)} is a version of ${code(service)}.`,
      phrase`Deploy that: ${commandLine(`deploy ${service} <tag>`)}`,
    );
}
