import { configOf, digest, layerTar, type MadeImage } from './pack.ts';

export interface Registry {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** How the layers of a published image are packed. */
export interface Packing {
  readonly pack: (bytes: Buffer) => Buffer;
  readonly mediaType: string;
  /** By default that of an image. */
  readonly configType?: string;
}

const OCI = 'application/vnd.oci.image';
const MANIFEST = `${OCI}.manifest.v1+json`;
export const INDEX = `${OCI}.index.v1+json`;

/** Uploads an image that a test made, blob by blob, as a builder does; resolves to the digest and size of its manifest. */
export async function publishLayers(
  registry: Registry,
  name: string,
  image: MadeImage,
  { pack, mediaType, configType = `${OCI}.config.v1+json` }: Packing,
): Promise<{ readonly digest: string; readonly size: number }> {
  const [repository = '', tag = ''] = name.split(':');
  const tars = image.layers.map(({ entries }) => layerTar(entries));
  const config = Buffer.from(JSON.stringify(configOf(image, tars)));
  const layers = tars.map(pack);
  for (const blob of [config, ...layers]) await upload(registry, repository, blob);
  const describe = (type: string, bytes: Buffer) => ({
    mediaType: type,
    digest: `sha256:${digest(bytes)}`,
    size: bytes.length,
  });
  return putManifest(registry, `${repository}:${tag}`, MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(configType, config),
    layers: layers.map((bytes) => describe(mediaType, bytes)),
  });
}

/** Puts any manifest under a tag. */
export async function putManifest(registry: Registry, name: string, mediaType: string, manifest: object) {
  const [repository = '', tag = ''] = name.split(':');
  const body = Buffer.from(JSON.stringify(manifest));
  await send(registry, 'PUT', `/v2/${repository}/manifests/${tag}`, { body, headers: { 'content-type': mediaType } });
  return { digest: `sha256:${digest(body)}`, size: body.length };
}

async function upload(registry: Registry, repository: string, blob: Buffer): Promise<void> {
  const begun = await send(registry, 'POST', `/v2/${repository}/blobs/uploads/`);
  const at = new URL(begun.headers.get('location') ?? '', `http://${registry.host}`);
  at.searchParams.set('digest', `sha256:${digest(blob)}`);
  await send(registry, 'PUT', `${at.pathname}${at.search}`, {
    body: blob,
    headers: { 'content-type': 'application/octet-stream' },
  });
}

async function send(
  { host, username, password }: Registry,
  method: string,
  path: string,
  { body, headers = {} }: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`http://${host}${path}`, {
    method,
    headers: { ...headers, authorization },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}
