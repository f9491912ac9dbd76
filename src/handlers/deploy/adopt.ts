import { type ImageReference, parseReference } from '../../commands/reference.ts';
import type { Engine } from '../../docker/engine.ts';
import { LABELS } from '../../docker/rollout/names.ts';
import { ownLabels } from '../../docker/rollout/own-labels.ts';
import { code, UserError } from '../../errors.ts';
import { findContainer, noContainer } from '../find-container.ts';
import { settle } from '../over-hosts.ts';
import type { Deps } from '../types.ts';

/**
 * The repository of a container that no service names, so that `/deploy web 1.4.0` needs no more than a tag. Throws a
 * `UserError` when a host has no such container, or when the hosts run different images.
 */
export async function containerImage(
  name: string,
  hosts: readonly string[],
  deps: Deps,
  signal: AbortSignal,
): Promise<ImageReference> {
  const names: string[] = [...deps.config.services.keys()];
  const look = async (engine: Engine) => {
    const { found, names } = await findContainer(engine, name, signal);
    return { names, found: found && { ...found, labels: await ownLabels(engine, found, signal) } };
  };
  const outcomes = await deps.hosts.each(hosts, look, { signal });
  const { values, failures } = settle(outcomes, deps.redact);
  const images = new Map<string, string>();
  for (const { host, value } of values) {
    names.push(...value.names);
    const { names: called = [], labels = {}, image = '' } = value.found ?? {};
    const target = labels[LABELS.target];
    refuseVersion(name, called.includes(name) ? target : undefined);
    if (called.includes(name) || target === name) images.set(host, labels[LABELS.image] ?? image);
  }
  if (images.size === 0 && failures.length > 0) {
    const [first] = failures;
    throw new UserError('unreachable', `${first?.host}: ${first?.summary}`, first?.tryThis);
  }
  if (images.size === 0) throw noContainer(name, hosts, names, failures);
  const without = hosts.filter((host) => !images.has(host));
  if (without.length > 0)
    throw new UserError(
      'not_found',
      `There is a container ${code(name)} on ${[...images.keys()].join(', ')}, but not on ${without.join(', ')}.`,
      `Say \`--on ${[...images.keys()].join(',')}\`; or make it a service of the config to have it everywhere.`,
    );
  const references = [...images.values()].map((image) => reference(image, name));
  const [one] = references;
  if (one && references.every((other) => other.registry === one.registry && other.path === one.path)) return one;
  throw new UserError(
    'ambiguous',
    `${code(name)} is not the same image on every host: ${[...images].map(([host, image]) => `${host} ${code(image)}`).join(', ')}.`,
    'Say the whole image, or one host with `--on`.',
  );
}

// Under its own name it would be another service, past the rules, locks and freezes of the one it is a version of.
function refuseVersion(name: string, target: string | undefined): void {
  const aside = /^(.+)\.(?:candidate|prev-[0-9A-Za-z]+|failed-[0-9A-Za-z]+)$/u.exec(name)?.[1];
  const service = target !== undefined && target !== name ? target : aside;
  if (service !== undefined)
    throw new UserError(
      'cannot_adopt',
      `${code(name)} is a version of ${code(service)}.`,
      `\`/dock deploy ${service} <tag>\``,
    );
}

function reference(image: string, name: string): ImageReference {
  if (/^(?:sha256:)?[0-9a-f]{12,64}$/u.test(image))
    throw new UserError(
      'cannot_adopt',
      `${code(name)} was made from an image without a name, so there is no repository to deploy from.`,
      'Say the whole image: repository and tag.',
    );
  return parseReference(image);
}
