import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Repository } from '../../src/registry/client.ts';
import { never } from './server.ts';
import { digestOf } from './servers/v2.ts';

const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';

/** Pushes a small image with a layer of its own, through the client; resolves to its digest. */
export async function pushImage(repository: Repository, tag: string): Promise<string> {
  const config = await pushBlob(
    repository,
    Buffer.from('{"os":"linux","architecture":"amd64","rootfs":{"type":"layers"}}'),
  );
  const layer = await pushBlob(repository, randomBytes(64));
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_IMAGE,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
    }),
  );
  const headers = { 'content-type': OCI_IMAGE };
  const url = repository.url(`manifests/${tag}`);
  const put = await repository.ask({ method: 'PUT', url, headers, body: bytes, signal: never });
  expect(put.status).toBe(201);
  return digestOf(bytes);
}

async function pushBlob(repository: Repository, bytes: Buffer) {
  const begun = await repository.ask({ method: 'POST', url: repository.url('blobs/uploads/'), signal: never });
  const url = new URL(begun.headers.get('location') ?? '', repository.url(''));
  const digest = digestOf(bytes);
  url.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream', 'content-length': `${bytes.length}` };
  const body = (async function* whole() {
    yield bytes;
  })();
  expect((await repository.ask({ method: 'PUT', url, headers, body, signal: never })).status).toBe(201);
  return { digest, size: bytes.length };
}
