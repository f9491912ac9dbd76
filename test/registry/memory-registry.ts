import { createHash } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { serve } from './server.ts';

/**
 * A registry in memory that speaks the OCI distribution specification 1.1 (spec.md): blobs with mounts and monolithic uploads,
 * manifests that must find everything they point to, tags, referrers. Faults are put in front of it.
 */
export interface MemoryRegistry extends AsyncDisposable {
  readonly host: string;
  /** `METHOD /v2/…` of every request, in order. */
  readonly asked: readonly string[];
  /** Tags by `repository:tag`, to the digest each stands for. */
  readonly tags: Map<string, string>;
  has(repository: string, digest: string): boolean;
  /** The content of a manifest. */
  read(repository: string, digest: string): unknown;
  /** Stores content without a request; gives its descriptor. */
  blob(repository: string, content: string, mediaType?: string): Descriptor;
  manifest(repository: string, manifest: object, tag?: string): Descriptor;
}

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface MemoryOptions {
  /** Answers a request instead of the registry; false to let it through. */
  readonly fault?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Breaks the connection when the request has been carried out. */
  readonly after?: (line: string) => boolean;
  /** What a request to mount comes to. */
  readonly mounts?: boolean;
  /** Whether the referrers API is there. */
  readonly referrers?: boolean;
}

export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

type Answer = Pick<ServerResponse, 'writeHead' | 'end'>;

interface Stored {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

export const digestOf = (bytes: Buffer | string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export async function memoryRegistry(options: MemoryOptions = {}): Promise<MemoryRegistry> {
  const { mounts = true, referrers = true } = options;
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Stored>();
  const tags = new Map<string, string>();
  const asked: string[] = [];

  const put = (repository: string, bytes: Buffer, mediaType: string): Descriptor => {
    const digest = digestOf(bytes);
    manifests.set(`${repository}@${digest}`, { bytes, mediaType });
    return { mediaType, digest, size: bytes.length };
  };

  const server = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (options.fault?.(request, response)) return;
    const isCut = options.after?.(`${request.method} ${request.url}`) ?? false;
    const heard = isCut ? silent(request) : response;
    // Of a request that broke off nobody waits for an answer.
    void readBody(request).then(
      (body) => answer(request, heard, body),
      () => response.destroy(),
    );
  });

  function answer(request: IncomingMessage, response: Answer, body: Buffer): unknown {
    const url = new URL(request.url ?? '', 'http://registry');
    const method = request.method ?? '';
    const [, repository = '', kind = '', rest = ''] =
      /^\/v2\/(.+?)\/(blobs|manifests|referrers|tags)\/(.*)$/u.exec(url.pathname) ?? [];
    const send = (status: number, headers: Record<string, string> = {}, content: Buffer | string = '') =>
      response.writeHead(status, headers).end(method === 'HEAD' ? undefined : content);
    const refuse = (status: number, code: string) =>
      send(status, { 'content-type': 'application/json' }, JSON.stringify({ errors: [{ code, message: code }] }));

    if (kind === 'blobs' && rest.startsWith('uploads/')) return upload(url, repository, body);
    if (kind === 'blobs') {
      const bytes = blobs.get(`${repository}@${rest}`);
      if (!bytes) return refuse(404, 'BLOB_UNKNOWN');
      return send(200, { 'content-length': String(bytes.length), 'docker-content-digest': rest }, bytes);
    }
    if (kind === 'referrers') {
      if (!referrers) return refuse(404, 'NOT_FOUND');
      return send(200, { 'content-type': OCI.index }, JSON.stringify(indexOf(repository, rest)));
    }
    if (kind === 'tags') {
      const own = [...tags.keys()].filter((name) => name.startsWith(`${repository}:`));
      return send(200, { 'content-type': 'application/json' }, JSON.stringify({ tags: own.map(tagOf) }));
    }
    if (kind === 'manifests' && method === 'PUT') return putManifest(repository, rest, body);
    if (kind === 'manifests') {
      const digest = rest.startsWith('sha256:') ? rest : (tags.get(`${repository}:${rest}`) ?? '');
      const found = manifests.get(`${repository}@${digest}`);
      if (!found) return refuse(404, 'MANIFEST_UNKNOWN');
      const headers = { 'content-type': found.mediaType, 'docker-content-digest': digest };
      return send(200, { ...headers, 'content-length': String(found.bytes.length) }, found.bytes);
    }
    return send(url.pathname === '/v2/' ? 200 : 404);

    function upload(at: URL, to: string, bytes: Buffer): unknown {
      const wanted = at.searchParams.get('digest');
      if (method === 'DELETE') return send(204);
      if (method === 'PUT') {
        if (digestOf(bytes) !== wanted) return refuse(400, 'DIGEST_INVALID');
        blobs.set(`${to}@${wanted}`, bytes);
        return send(201, { location: `/v2/${to}/blobs/${wanted}`, 'docker-content-digest': wanted });
      }
      const digest = at.searchParams.get('mount') ?? '';
      const source = blobs.get(`${at.searchParams.get('from')}@${digest}`);
      if (mounts && source) {
        blobs.set(`${to}@${digest}`, source);
        return send(201, { location: `/v2/${to}/blobs/${digest}`, 'docker-content-digest': digest });
      }
      return send(202, { location: `/v2/${to}/blobs/uploads/session?state=opaque` });
    }

    function putManifest(to: string, name: string, bytes: Buffer): unknown {
      const content = JSON.parse(bytes.toString()) as ManifestContent;
      if (name.startsWith('sha256:') && name !== digestOf(bytes)) return refuse(400, 'DIGEST_INVALID');
      const needed = [...(content.layers ?? []), ...(content.config ? [content.config] : [])];
      if (needed.some(({ digest }) => !blobs.has(`${to}@${digest}`))) return refuse(400, 'MANIFEST_BLOB_UNKNOWN');
      if (
        (content.manifests ?? []).some(({ digest }) => !manifests.has(`${to}@${digest}`)) &&
        !name.startsWith('sha256-')
      )
        return refuse(400, 'MANIFEST_UNKNOWN');
      const { digest } = put(to, bytes, request.headers['content-type'] ?? '');
      if (!name.startsWith('sha256:')) tags.set(`${to}:${name}`, digest);
      const subject = content.subject && referrers ? { 'oci-subject': content.subject.digest } : {};
      return send(201, { location: `/v2/${to}/manifests/${digest}`, 'docker-content-digest': digest, ...subject });
    }
  }

  function indexOf(repository: string, subject: string): object {
    const own = [...manifests].flatMap(([name, { bytes, mediaType }]) => {
      const content = JSON.parse(bytes.toString()) as ManifestContent;
      if (!name.startsWith(`${repository}@`) || content.subject?.digest !== subject) return [];
      const { artifactType } = content;
      return [{ mediaType, digest: digestOf(bytes), size: bytes.length, artifactType }];
    });
    return { schemaVersion: 2, mediaType: OCI.index, manifests: own };
  }

  return {
    host: server.host,
    asked,
    tags,
    has: (repository, digest) => blobs.has(`${repository}@${digest}`) || manifests.has(`${repository}@${digest}`),
    read: (repository, digest) => JSON.parse(`${manifests.get(`${repository}@${digest}`)?.bytes ?? 'null'}`) as unknown,
    blob(repository, content, mediaType = OCI.layer) {
      const digest = digestOf(content);
      blobs.set(`${repository}@${digest}`, Buffer.from(content));
      return { mediaType, digest, size: Buffer.byteLength(content) };
    },
    manifest(repository, manifest, tag) {
      const { mediaType = OCI.manifest } = manifest as { mediaType?: string };
      const stored = put(repository, Buffer.from(JSON.stringify(manifest)), mediaType);
      if (tag !== undefined) tags.set(`${repository}:${tag}`, stored.digest);
      return stored;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** An answer that breaks the connection instead of being sent. */
function silent(request: IncomingMessage): Answer {
  const response = new ServerResponse(request);
  response.end = () => {
    request.socket.destroy();
    return response;
  };
  return response;
}

const tagOf = (name: string) => name.slice(name.lastIndexOf(':') + 1);

interface ManifestContent {
  readonly artifactType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
  readonly subject?: Descriptor;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** An image of one platform, each layer with its own content. */
export function image(registry: MemoryRegistry, repository: string, salt: string, tag?: string): Descriptor {
  const config = registry.blob(repository, JSON.stringify({ architecture: 'amd64', os: 'linux', salt }), OCI.config);
  const layers = ['a', 'b'].map((layer) => registry.blob(repository, `${salt}-${layer}`));
  return registry.manifest(repository, { schemaVersion: 2, mediaType: OCI.manifest, config, layers }, tag);
}

/** An index of two platforms. */
export function multiPlatform(registry: MemoryRegistry, repository: string, salt: string, tag?: string): Descriptor {
  const manifests = ['amd64', 'arm64'].map((architecture) => ({
    ...image(registry, repository, `${salt}-${architecture}`),
    platform: { os: 'linux', architecture },
  }));
  return registry.manifest(repository, { schemaVersion: 2, mediaType: OCI.index, manifests }, tag);
}

/** A signature or SBOM of an image, as a referrer. */
export function referrer(registry: MemoryRegistry, repository: string, subject: Descriptor, artifactType: string) {
  const config = registry.blob(repository, '{}', 'application/vnd.oci.empty.v1+json');
  const layers = [registry.blob(repository, `${artifactType} of ${subject.digest}`, artifactType)];
  const { mediaType, digest, size } = subject;
  const content = { schemaVersion: 2, mediaType: OCI.manifest, artifactType, config, layers };
  return registry.manifest(repository, { ...content, subject: { mediaType, digest, size } });
}
