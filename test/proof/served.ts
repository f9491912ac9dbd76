import type { RequestListener } from 'node:http';
import { OCI_INDEX, type Shop } from './shop.ts';

/**
 * A registry with one repository, by the OCI distribution specification 1.1 (manifests, blobs, referrers), read only.
 * Without `referrers` it answers 404 for the list, as Distribution does.
 */
export function serveShop(shop: () => Shop, { referrers = true } = {}): RequestListener {
  return (request, response) => {
    const { manifests, blobs } = shop().content;
    const [, kind = '', name = ''] =
      /^\/v2\/shop\/(manifests|blobs|referrers)\/([^/?]+)/u.exec(request.url ?? '') ?? [];
    const answer = (type: string, body: Buffer) =>
      response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
    const found = kind === 'manifests' ? manifests.get(name) : undefined;
    if (found) return answer(found.mediaType, found.bytes);
    const blob = kind === 'blobs' ? blobs.get(name) : undefined;
    if (blob) return answer('application/octet-stream', blob);
    if (kind === 'referrers' && referrers) {
      const list = (shop().referrers.get(name) ?? []).map(({ descriptor }) => descriptor);
      return answer(
        OCI_INDEX,
        Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: list })),
      );
    }
    return response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }));
  };
}
