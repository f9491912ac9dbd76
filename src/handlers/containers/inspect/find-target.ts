import type { InspectArgs } from '../../../commands/containers/inspect.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import type { Container, Image } from '../../../docker/client/types.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { withWord } from '../../choices.ts';
import type { Deps } from '../../deps.ts';
import { matchesReference } from '../../match.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request } from '../../request.ts';
import { inWords, nearName, severalIds, silent } from '../find-container.ts';
import { pickCalled } from '../pick-container.ts';
import { askForHost } from '../select-containers.ts';

const LOOK_MS = 3000;
const MOST_CHOICES = 9;

/** What is inspected, by the engine's full id. */
export interface Target {
  readonly kind: 'container' | 'image';
  readonly host: string;
  readonly id: string;
  readonly name: string;
}

interface Listed {
  readonly containers: readonly Container[];
  readonly images: readonly Image[];
}

/**
 * Finds a container of that name or id or, where no host has one, an image. Throws a `UserError` for what is not there, and
 * for what may be several. Undefined where no host answered.
 */
export async function findTarget(
  request: Request<InspectArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<{ readonly target: Target | undefined; readonly failures: readonly HostFailure[] }> {
  const { name, type } = request.args;
  const list = async (engine: Engine): Promise<Listed> => {
    const [containers, images] = await Promise.all([
      type === 'image' ? [] : engine.listContainers({ all: true }, { signal }),
      type === 'container' ? [] : engine.listImages({}, { signal }),
    ]);
    return { containers, images };
  };
  const limit = request.hostsNamed ? {} : { deadlineMs: LOOK_MS };
  const { values, failures } = settle(await deps.hosts.each(request.hosts, list, { signal, ...limit }), deps.redact);
  if (values.length === 0) return { target: undefined, failures };
  const containers = values.flatMap(({ host, value }) => {
    const { found } = pickCalled(value.containers, name, deps.config);
    if (found.length > 1) throw severalIds(name, found);
    return found.map(
      (one): Target => ({ kind: 'container', host, id: one.id, name: one.names[0] ?? one.id.slice(0, 12) }),
    );
  });
  const found =
    containers.length > 0 ? containers : values.flatMap(({ host, value }) => imagesOf(host, value.images, name));
  if (found.length === 0) throw nothing(request, values, failures);
  askWhich(request, found);
  const places = [{ typed: name, places: found.map(({ host }) => ({ host })) }];
  // The same image is the same everywhere.
  const [target] = found;
  const isSame = target?.kind === 'image' && found.every(({ id }) => id === target.id);
  if (!isSame) askForHost(request, places, failures);
  return { target, failures };
}

/** Images of a host that a typed reference or id means; without a tag it is the latest, where there is one. */
function imagesOf(host: string, images: readonly Image[], typed: string): Target[] {
  const id = /^(?:sha256:)?([0-9a-f]{4,64})$/u.exec(typed.toLowerCase())?.[1];
  const byName = images.flatMap((image) => {
    const names = [...image.tags, ...image.digests].filter((name) => matchesReference(typed, name));
    return names.length > 0 ? [{ image, names }] : [];
  });
  const latest = byName.filter(({ names }) => names.some((name) => name.endsWith(':latest')));
  const byId = images.filter((image) => id !== undefined && image.id.startsWith(`sha256:${id}`));
  const found = latest.length > 0 ? latest : byName;
  const all = found.length > 0 ? found : byId.map((image) => ({ image, names: image.tags }));
  return all.map(({ image, names }) => ({
    kind: 'image',
    host,
    id: image.id,
    name: names[0] ?? image.id.slice(7, 19),
  }));
}

/** Asks which image, where a repository has several on one host. */
function askWhich(request: Request<InspectArgs>, found: readonly Target[]): void {
  const isSeveral = found.some(({ host, id }) => found.some((other) => other.host === host && other.id !== id));
  if (!isSeveral) return;
  const { name } = request.args;
  const names = [...new Set(found.map((one) => one.name))];
  const choices = names.flatMap((label) => {
    const line = withWord(request.line, name, label);
    return line === undefined ? [] : [{ label, line }];
  });
  throw new UserError(
    'ambiguous',
    `${code(name)} is ${names.length} images: ${inWords(names.map(code))}.`,
    'Press one, or type its whole name.',
    {
      choices: choices.slice(0, MOST_CHOICES),
    },
  );
}

function nothing(
  { args: { name, type } }: Request<InspectArgs>,
  values: readonly { readonly host: string; readonly value: Listed }[],
  failures: readonly HostFailure[],
): UserError {
  const names = values.flatMap(({ value }) => [
    ...value.containers.flatMap((one) => one.names),
    ...value.images.flatMap((one) => one.tags),
  ]);
  const hosts = inWords(values.map(({ host }) => host));
  const text = `There is no ${type ?? 'container or image'} ${code(name)} on ${hosts}.${silent(failures)}`;
  const near = nearName(name, names);
  const lists = phrase`See ${commandLine('ps -a')} and ${commandLine('images')}.`;
  return new UserError('not_found', text, near === undefined ? lists : `Did you mean ${code(near)}?`);
}
