import type { SlimArgs } from '../../../commands/images/slim.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { saySize } from '../../../domain/size.ts';
import type { ReadImage, ReadLayer } from '../../../image/archive.ts';
import { Budget } from '../../../image/budget.ts';
import { ImageConfig } from '../../../image/config.ts';
import { readLayer } from '../../../image/layer/read-layer.ts';
import { parseJson } from '../../../paced/json.ts';
import { openBlob, readBlob } from '../../../registry/blob.ts';
import type { Repository } from '../../../registry/client.ts';
import type { Descriptor } from '../../../registry/descriptor.ts';
import { RegistryError } from '../../../registry/errors.ts';
import { registryUserError } from '../../../registry/explain.ts';
import { type Manifest, readManifest } from '../../../registry/manifest.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { READ_MS } from './from-host.ts';

export interface InRegistry {
  readonly reference: ImageReference;
  /** Told of the bytes read so far, and of those of the image. */
  onRead(bytes: number, total: number): void;
}

const MOST_CONFIG = 4_000_000;
/** Bytes of an image's layers, packed: more is not read in the time there is. */
const MOST_PACKED = 10e9;
const PLATFORM = 'linux/amd64';

/**
 * Reads an image from its registry, layer by layer, without pulling it. Throws a `UserError` for what the registry does not
 * have or refuses, and for what is no image.
 */
export async function readFromRegistry(
  request: Request<SlimArgs>,
  { reference, onRead }: InRegistry,
  deps: Pick<Deps, 'limits' | 'redact' | 'registries'>,
  signal: AbortSignal,
): Promise<ReadImage> {
  const { person, args } = request;
  const work = async (own: AbortSignal) => {
    const inTime = AbortSignal.any([own, AbortSignal.timeout(READ_MS)]);
    const repository = deps.registries.repository(reference);
    const image = await imageOf(repository, reference, args.platform, inTime);
    return new Reader(repository, onRead, inTime).read(image);
  };
  try {
    return await deps.limits.onHost(reference.registry, work, { lane: 'export', person, signal });
  } catch (error) {
    if (error instanceof RegistryError) throw registryUserError(error, reference, deps.redact);
    throw error;
  }
}

/** The manifest of the image for one platform. */
async function imageOf(
  repository: Repository,
  reference: ImageReference,
  platform: string | undefined,
  signal: AbortSignal,
): Promise<Manifest> {
  const found = await readManifest(repository, reference.digest ?? reference.tag ?? 'latest', signal);
  if (found.kind === 'image') return found;
  const images = found.manifests.filter((one) => one.platform !== undefined && one.platform.os !== 'unknown');
  const wanted = platform ?? PLATFORM;
  const chosen = images.find((one) => isFor(one, wanted)) ?? (platform === undefined ? images[0] : undefined);
  if (chosen) return readManifest(repository, chosen.digest, signal);
  const there = images.slice(0, 20).map(platformOf).map(code).join(', ');
  throw new UserError(
    'not_found',
    `${code(familiar(reference))} is not there for ${code(wanted)}.`,
    there === '' ? 'It has no image for any platform.' : `It is there for ${there}.`,
    { field: 'platform' },
  );
}

const platformOf = ({ platform }: Descriptor) =>
  [platform?.os, platform?.architecture, platform?.variant].filter((part) => part).join('/');

const isFor = (one: Descriptor, wanted: string) => {
  const platform = platformOf(one);
  return platform === wanted || platform.startsWith(`${wanted}/`);
};

class Reader {
  readonly #repository: Repository;
  readonly #onRead: InRegistry['onRead'];
  readonly #signal: AbortSignal;
  readonly #budget = new Budget();
  #read = 0;

  constructor(repository: Repository, onRead: InRegistry['onRead'], signal: AbortSignal) {
    this.#repository = repository;
    this.#onRead = onRead;
    this.#signal = signal;
  }

  async read({ config, layers, artifactType }: Manifest): Promise<ReadImage> {
    if (config === undefined || artifactType !== undefined || !/image|container/u.test(config.mediaType))
      throw notAnImage(this.#repository, artifactType ?? config?.mediaType ?? 'no config');
    const total = layers.reduce((sum, { size }) => sum + size, 0);
    if (total > MOST_PACKED)
      throw new UserError('too_large', `It has ${saySize(total)} to pull; up to ${saySize(MOST_PACKED)} is read.`);
    const settings = await this.#config(config.digest);
    const read: ReadLayer[] = [];
    for (const layer of layers) read.push(await this.#layer(layer, total));
    return { config: settings, layers: read };
  }

  async #config(digest: string): Promise<ImageConfig> {
    const bytes = await readBlob(this.#repository, digest, { most: MOST_CONFIG, signal: this.#signal });
    try {
      return ImageConfig.parse(await parseJson(bytes));
    } catch {
      throw notAnImage(this.#repository, 'a config that is none of an image');
    }
  }

  async #layer({ digest, size }: Descriptor, total: number): Promise<ReadLayer> {
    const { body } = await openBlob(this.#repository, digest, this.#signal);
    return { ...(await readLayer(this.#counted(body, total), this.#budget)), packedBytes: size };
  }

  async *#counted(body: AsyncIterable<Uint8Array>, total: number) {
    for await (const part of body) {
      this.#read += part.length;
      this.#onRead(this.#read, total);
      yield part;
    }
  }
}

const notAnImage = ({ registry, path }: Repository, what: string) =>
  new UserError('bad_input', `${code(`${registry}/${path}`)} is no container image there: ${code(what)}.`);
