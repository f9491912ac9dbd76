import type { Engine } from '../../../docker/client/engine.ts';
import { LABELS } from '../../../docker/rollout/names.ts';
import { imageReferenceOf, referenceOf, repositoriesOf, repositoryOf } from '../../../docker/rollout/origin.ts';
import { ownLabels } from '../../../docker/rollout/own-labels.ts';
import { unlessGone } from '../../../docker/rollout/survey.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { findContainer } from '../../containers/find-container.ts';
import { askForHost } from '../../containers/select-containers.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request } from '../../request.ts';
import { nothingCalled } from './nothing-called.ts';

/** Where nobody named a host, a slow one is not waited for. */
const LOOK_MS = 3000;

/** The image of an adopted container, as its hosts report it. */
export interface AdoptedImage {
  /** The hosts that were named; without, the one that has the container. */
  readonly hosts: readonly string[];
  /** Repository of a version given as a tag only; undefined when the hosts do not agree on one. */
  readonly current: ImageReference | undefined;
  /** By host, the canonical repositories its container provably runs; empty without proof. */
  readonly repositories: ReadonlyMap<string, readonly string[]>;
  /** Error for a deploy that names no repository while `current` is undefined. */
  readonly unknown: UserError | undefined;
  /** Hosts that did not say whether they have it; none where hosts were named. */
  readonly failures: readonly HostFailure[];
}

/**
 * Finds the repository of an adopted container, so that `/deploy web 1.4.0` needs only a tag: from the labels of a rollout or
 * the image name the container was created with, else the only repository of its image on the host. The current target of
 * its tag does not matter. Throws a `UserError` when a host that was named has no such container; where none was, when none
 * has it, or several.
 */
export async function containerImage(
  name: string,
  request: Request,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact' | 'specs'>,
  signal: AbortSignal,
): Promise<AdoptedImage> {
  const { hosts } = request;
  const names = [...servicesSeen(request, deps.config)];
  const outcomes = await deps.hosts.each(hosts, (engine) => look(engine, name, signal), {
    signal,
    ...(request.hostsNamed ? {} : { deadlineMs: LOOK_MS }),
  });
  const { values, failures } = settle(outcomes, deps.redact);
  const origins = new Map<string, Origin>();
  for (const { host, value } of values) {
    names.push(...value.names);
    if (value.origin) origins.set(host, value.origin);
  }
  if (origins.size === 0 && failures.length > 0 && request.hostsNamed) {
    const [first] = failures;
    throw new UserError('unreachable', `${first?.host}: ${first?.summary}`, first?.tryThis);
  }
  if (origins.size === 0)
    throw nothingCalled(name, request, { hosts: values.map(({ host }) => host), names, failures }, deps);
  const on = [...origins.keys()];
  if (!request.hostsNamed) askForHost(request, [{ typed: name, places: on.map((host) => ({ host })) }], failures);
  const without = hosts.filter((host) => !origins.has(host));
  if (request.hostsNamed && without.length > 0)
    throw new UserError(
      'not_found',
      `There is a container ${code(name)} on ${on.join(', ')}, but not on ${without.join(', ')}.`,
      `Say \`--on ${on.join(',')}\`; or make it a service of the config to have it everywhere.`,
    );
  const repositories = new Map([...origins].map(([host, { known }]) => [host, known.map(repositoryOf)]));
  const [current] = [...origins.values()].flatMap(({ known }) => known);
  const isOne = [...repositories.values()].every(([first, ...rest]) => first !== undefined && rest.length === 0);
  const isSame = isOne && new Set([...repositories.values()].flat()).size === 1;
  return isSame
    ? { hosts: on, current, repositories, unknown: undefined, failures }
    : { hosts: on, current: undefined, repositories, unknown: unknown(name, origins), failures };
}

interface Origin {
  readonly known: readonly ImageReference[];
  /** The image name as the host shows it. */
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

// Under its own name a kept version would evade the rules, locks and freezes of its service.
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
