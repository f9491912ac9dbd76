import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/*
 * The Distribution API as the servers beside share it: opencontainers/distribution-spec, spec.md of v1.1.1 (pulling, tags with
 * `Link`, referrers), and its token protocol. What a product does differently is in its own file.
 */

interface Stored {
  readonly mediaType: string;
  readonly bytes: Buffer;
}
interface Repository {
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, Stored>;
  readonly blobs: Map<string, Buffer>;
}

/** Repositories by path. */
export type Content = Map<string, Repository>;

export const digestOf = (bytes: string | Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** Adds a small image, of its own layer each time, and returns its digest. */
export function addImage(content: Content, path: string, tags: readonly string[], more: object = {}): string {
  const repository = content.get(path) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
  content.set(path, repository);
  const blob = (bytes: Buffer) => {
    const digest = digestOf(bytes);
    repository.blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  const config = blob(
    Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', created: '2026-11-01T00:00:00Z' })),
  );
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...blob(randomBytes(64)) }],
      ...more,
    }),
  );
  const digest = digestOf(bytes);
  repository.manifests.set(digest, { mediaType: OCI_IMAGE, bytes });
  for (const tag of tags) repository.tags.set(tag, digest);
  return digest;
}

export type Respond = (status: number, body?: object | string, headers?: Record<string, string>) => void;

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly respond: Respond;
}

export function askedOf(request: IncomingMessage, response: ServerResponse): Asked {
  const url = new URL(request.url ?? '', `http://${request.headers.host}`);
  const respond: Respond = (status, body = '', headers = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? {} : { 'content-type': 'application/json' };
    const length = { 'content-length': `${Buffer.byteLength(text)}` };
    response.writeHead(status, { ...type, ...length, ...headers }).end(request.method === 'HEAD' ? undefined : text);
  };
  return { request, response, url, respond };
}

export const errors = (code: string, message: string, detail?: unknown) => ({ errors: [{ code, message, detail }] });

export interface Options {
  /** Tags on a page. */
  readonly page?: number;
  /** How the next page is named: by the last tag, or by a cursor that cannot be rebuilt. */
  readonly cursor?: 'last' | 'opaque';
  readonly hasReferrers?: boolean;
  /** Where blobs are kept, for a redirect. */
  readonly storage?: string;
  readonly tagsHeaders?: Record<string, string>;
  /** Beside the tags: what Artifact Registry says of manifests. */
  readonly tagsExtra?: (repository: Repository) => object;
}

const PATH = /^\/v2\/(.+)\/(manifests|tags|blobs|referrers)\/([^/]+)\/?$/u;

/** The repository a call is about, and what is done to it; undefined for other addresses. */
export function aboutOf({ url, request }: Asked) {
  const [, path, kind, reference] = PATH.exec(decodeURIComponent(url.pathname)) ?? [];
  if (path === undefined || kind === undefined || reference === undefined) return undefined;
  const action = ['GET', 'HEAD'].includes(request.method ?? '') ? 'pull' : 'push';
  return { path, kind, reference, action } as const;
}

/** Answers reads of repositories; false where it is no such call. */
export function answerV2(asked: Asked, content: Content, options: Options = {}): boolean {
  const about = aboutOf(asked);
  if (about === undefined || about.action !== 'pull') return false;
  const repository = content.get(about.path);
  const { respond } = asked;
  if (repository === undefined) respond(404, errors('NAME_UNKNOWN', 'repository name not known to registry'));
  else if (about.kind === 'tags') answerTags(asked, repository, options);
  else if (about.kind === 'manifests') {
    const digest = repository.tags.get(about.reference) ?? about.reference;
    const found = repository.manifests.get(digest);
    if (found === undefined) respond(404, errors('MANIFEST_UNKNOWN', 'manifest unknown'));
    else respond(200, found.bytes.toString(), { 'content-type': found.mediaType, 'docker-content-digest': digest });
  } else if (about.kind === 'blobs') answerBlob(asked, repository.blobs.get(about.reference), options);
  else answerReferrers(asked, repository, about.reference, options.hasReferrers ?? true);
  return true;
}

function answerTags({ url, respond }: Asked, repository: Repository, options: Options) {
  const { page = 100, cursor = 'last', tagsHeaders = {}, tagsExtra } = options;
  const all = [...repository.tags.keys()].toSorted();
  const last = url.searchParams.get('last') ?? '';
  const token = url.searchParams.get('next_page') ?? '';
  if (cursor === 'opaque' && last !== '') return respond(405, errors('UNSUPPORTED', 'Invalid next token provided'));
  const named = cursor === 'opaque' ? Buffer.from(token, 'base64url').toString() : last;
  const from = named === '' ? 0 : all.findIndex((tag) => tag > named);
  const tags = from < 0 ? [] : all.slice(from, from + Math.min(page, Number(url.searchParams.get('n') ?? page)));
  const end = tags.at(-1) ?? '';
  const query = cursor === 'opaque' ? `next_page=${Buffer.from(end).toString('base64url')}` : `last=${end}&n=${page}`;
  const more = tags.length > 0 && end !== all.at(-1) ? { link: `<${url.pathname}?${query}>; rel="next"` } : {};
  return respond(200, { name: url.pathname, tags, ...tagsExtra?.(repository) }, { ...more, ...tagsHeaders });
}

function answerBlob({ url, response, respond, request }: Asked, blob: Buffer | undefined, { storage }: Options) {
  if (blob === undefined) respond(404, errors('BLOB_UNKNOWN', 'blob unknown to registry'));
  else if (storage !== undefined) respond(307, '', { location: `${storage}${url.pathname}?signature=x` });
  else response.writeHead(200, { 'content-length': blob.length }).end(request.method === 'HEAD' ? undefined : blob);
}

function answerReferrers({ respond }: Asked, { manifests }: Repository, digest: string, has: boolean) {
  if (!has) return respond(404, '404 page not found');
  const attached = [...manifests].flatMap(([own, { mediaType, bytes }]) => {
    const { subject, artifactType } = JSON.parse(bytes.toString()) as {
      subject?: { digest: string };
      artifactType?: string;
    };
    return subject?.digest === digest ? [{ mediaType, digest: own, size: bytes.length, artifactType }] : [];
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return respond(200, { schemaVersion: 2, mediaType, manifests: attached }, { 'content-type': mediaType });
}
