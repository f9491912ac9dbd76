import { type Asked, aboutOf, type Content, digestOf, errors } from './v2.ts';

/*
 * What Harbor 2.x takes, after goharbor/harbor c50c7dd (v2.16.0): api/v2.0/swagger.yaml (CopyArtifact: `from` is
 * project/repository@digest, 201 with a Location), src/controller/artifact (a copy brings children and accessories along),
 * src/server/middleware/immutable (412) and quota (403 DENIED), and mounts of the Distribution API.
 */

export interface HarborWrites {
  /** `project/repository:tag` that a rule makes immutable. */
  readonly immutable?: readonly string[];
  /** The project's quota is used up. */
  readonly isFull?: boolean;
  /** Accounts that may push, and may not use the API. */
  readonly noApi?: readonly string[];
}

interface Harbor {
  readonly content: Content;
  readonly writes: HarborWrites;
}

const FULL =
  'adding 3.5 MiB of storage resource, which when updated to current usage of 8.4 MiB will exceed the configured upper limit of 10.0 MiB.';

type Repository = NonNullable<ReturnType<Content['get']>>;

const repositoryIn = (content: Content, path: string): Repository => {
  const found = content.get(path) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
  content.set(path, found);
  return found;
};

/** Answers a copy; false for any other call. */
export function answerHarborCopy(asked: Asked, who: string | undefined, { content, writes }: Harbor): boolean {
  const { url, respond, request } = asked;
  const [, project = '', encoded = ''] =
    /^\/api\/v2\.0\/projects\/([^/]+)\/repositories\/([^/]+)\/artifacts$/u.exec(url.pathname) ?? [];
  if (project === '' || request.method !== 'POST') return false;
  const target = `${project}/${decodeURIComponent(decodeURIComponent(encoded))}`;
  const [, from = '', digest = ''] = /^(.+)@(sha256:[0-9a-f]{64})$/u.exec(url.searchParams.get('from') ?? '') ?? [];
  const source = content.get(from);
  if (decodeURIComponent(encoded).includes('/')) respond(404, errors('NOT_FOUND', 'path was not found'));
  else if (who === undefined) respond(401, errors('UNAUTHORIZED', 'unauthorized'));
  else if (who === 'robot$read' || writes.noApi?.includes(who)) respond(403, errors('FORBIDDEN', 'forbidden'));
  else if (source?.manifests.has(digest) !== true)
    respond(404, errors('NOT_FOUND', `artifact ${from}@${digest} not found`));
  else if (writes.isFull) respond(403, errors('DENIED', FULL));
  else {
    copyDeeply(source, repositoryIn(content, target), digest);
    respond(201, '', { location: `${url.pathname}/${digest}` });
  }
  return true;
}

interface Manifest {
  readonly manifests?: readonly { readonly digest: string }[];
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
}

function copyDeeply(source: Repository, target: Repository, digest: string): void {
  const stored = source.manifests.get(digest);
  if (stored === undefined) return;
  const { manifests = [], config, layers = [] } = JSON.parse(stored.bytes.toString()) as Manifest;
  for (const child of manifests) copyDeeply(source, target, child.digest);
  for (const { digest: blob } of [...layers, ...(config ? [config] : [])]) {
    const bytes = source.blobs.get(blob);
    if (bytes) target.blobs.set(blob, bytes);
  }
  target.manifests.set(digest, stored);
  for (const [own, { bytes }] of source.manifests)
    if ((JSON.parse(bytes.toString()) as Manifest).subject?.digest === digest) copyDeeply(source, target, own);
}

/** Answers a push of a manifest or a mount, by an account that may; false for any other call. */
export function answerHarborPush(asked: Asked, { content, writes }: Harbor): boolean {
  const about = aboutOf(asked);
  if (about?.action !== 'push') return false;
  const { request, respond, url } = asked;
  const repository = repositoryIn(content, about.path);
  if (about.kind === 'blobs' && about.reference === 'uploads') {
    const digest = url.searchParams.get('mount') ?? '';
    const blob = content.get(url.searchParams.get('from') ?? '')?.blobs.get(digest);
    if (writes.isFull) respond(403, errors('DENIED', FULL));
    else if (blob === undefined) respond(202, '', { location: `${url.pathname}session` });
    else {
      repository.blobs.set(digest, blob);
      respond(201, '', { location: `/v2/${about.path}/blobs/${digest}`, 'docker-content-digest': digest });
    }
    return true;
  }
  if (about.kind !== 'manifests' || request.method !== 'PUT') return false;
  const name = `${about.path}:${about.reference}`;
  if (writes.immutable?.includes(name)) {
    const short = name.slice(name.indexOf('/') + 1);
    respond(412, errors('PRECONDITION', `Failed to process request due to '${short}' configured as immutable.`));
    return true;
  }
  void request.toArray().then((chunks: Buffer[]) => {
    const bytes = Buffer.concat(chunks);
    const digest = digestOf(bytes);
    const { config, layers = [] } = JSON.parse(bytes.toString()) as Manifest;
    if ([...layers, ...(config ? [config] : [])].some((blob) => !repository.blobs.has(blob.digest)))
      return respond(400, errors('MANIFEST_INVALID', 'manifest blob unknown'));
    repository.manifests.set(digest, { mediaType: request.headers['content-type'] ?? '', bytes });
    if (!about.reference.startsWith('sha256:')) repository.tags.set(about.reference, digest);
    return respond(201, '', { 'docker-content-digest': digest });
  });
  return true;
}
