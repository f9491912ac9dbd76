import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { openBlob, readBlob } from '../../src/registry/blob.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { RegistryError } from '../../src/registry/errors.ts';
import { readDigest, readManifest } from '../../src/registry/manifest.ts';
import { readReferrers } from '../../src/registry/referrers.ts';
import { ACCOUNT, BASIC, configWith, never, serve } from './server.ts';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const digestOf = (bytes: string | Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const descriptor = (digest: string, rest = {}) => ({ mediaType: OCI_IMAGE, digest, size: 3, ...rest });

const LAYER = 'layer';
const IMAGE = JSON.stringify({
  schemaVersion: 2,
  mediaType: OCI_IMAGE,
  config: descriptor(digestOf('{}')),
  layers: [descriptor(digestOf(LAYER))],
  annotations: { 'org.opencontainers.image.revision': 'abc' },
});
const SIGNATURE = digestOf('signature');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A registry whose answers are a table of `METHOD /path`. */
function registry(answers: Record<string, Answer>) {
  return serve((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const answer = answers[`${request.method} ${path}`];
    if (answer === undefined)
      response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]}');
    else answer(request, response);
  });
}
const gives =
  (body: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(200, headers).end(body);
  };
const shopOf = (at: { readonly host: string; readonly shop: { registry: string; path: string } }, more: object = {}) =>
  createRegistries(configWith({ [at.host]: ACCOUNT, ...more })).repository(at.shop);
const faultOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error) => (error instanceof RegistryError ? error.fault : error),
  );

describe('a manifest', () => {
  it('is read with its layers, and its digest is that of the bytes', async () => {
    await using at = await registry({ 'GET /v2/shop/manifests/1': gives(IMAGE, { 'content-type': OCI_IMAGE }) });

    expect(await readManifest(shopOf(at), '1', never)).toMatchObject({
      digest: digestOf(IMAGE),
      kind: 'image',
      layers: [{ digest: digestOf(LAYER) }],
      annotations: { 'org.opencontainers.image.revision': 'abc' },
    });
  });

  it.each([
    ['other bytes than asked for', digestOf('x'), IMAGE, 'invalid_answer'],
    ['a page', '1', '<html>', 'invalid_answer'],
    ['an old kind of manifest', '1', '{"schemaVersion":1,"fsLayers":[]}', 'invalid_answer'],
    ['more than 4 MB', '1', `{"annotations":{"a":"${'x'.repeat(5_000_000)}"}}`, 'invalid_answer'],
    [
      'a million layers',
      '1',
      JSON.stringify({ mediaType: OCI_IMAGE, layers: Array(900_000).fill(0) }),
      'invalid_answer',
    ],
  ])('that is %s is refused', async (_, reference, body, fault) => {
    await using at = await registry({ [`GET /v2/shop/manifests/${reference}`]: gives(body) });

    expect(await faultOf(readManifest(shopOf(at), reference, never))).toBe(fault);
  });

  it('whose digest the registry does not say in a HEAD is read and hashed', async () => {
    await using at = await registry({
      'HEAD /v2/shop/manifests/1': gives(''),
      'GET /v2/shop/manifests/1': gives(IMAGE),
    });

    expect(await readDigest(shopOf(at), '1', never)).toBe(digestOf(IMAGE));
    expect(await faultOf(readDigest(shopOf(at), '2', never))).toBe('not_found');
  });
});

describe('a blob', () => {
  it('is followed to where it is kept, without the account', async () => {
    const sent: (string | undefined)[] = [];
    await using storage = await serve(({ headers }, response) => {
      sent.push(headers.authorization);
      response.end(LAYER);
    });
    await using at = await registry({
      [`GET /v2/shop/blobs/${digestOf(LAYER)}`]: ({ headers }, response) => {
        sent.push(headers.authorization);
        if (headers.authorization === BASIC)
          response.writeHead(307, { location: `http://${storage.host}/x?sig=1` }).end();
        else response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
      },
    });

    const found = await readBlob(shopOf(at, { [storage.host]: {} }), digestOf(LAYER), { most: 100, signal: never });

    expect(found.toString()).toBe(LAYER);
    expect(sent).toEqual([undefined, BASIC, undefined]);
    expect(await faultOf(readBlob(shopOf(at), digestOf(LAYER), { most: 100, signal: never }))).toBe('address_refused');
  });

  it('that is another than asked for, or larger than allowed, is refused', async () => {
    await using at = await registry({ [`GET /v2/shop/blobs/${digestOf('x')}`]: gives(LAYER) });
    const { body } = await openBlob(shopOf(at), digestOf('x'), never);
    const all = async () => {
      for await (const _ of body);
    };

    expect(await faultOf(all())).toBe('invalid_answer');
    expect(await faultOf(readBlob(shopOf(at), digestOf('x'), { most: 3, signal: never }))).toBe('invalid_answer');
  });
});

describe('referrers', () => {
  const type = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const both = [descriptor(SIGNATURE, { artifactType: type }), descriptor(digestOf('sbom'), { artifactType: 'sbom' })];
  const page = (manifests: unknown[]) => JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const ask = (at: Parameters<typeof shopOf>[0]) =>
    readReferrers(shopOf(at), digestOf(IMAGE), { artifactType: type, signal: never });

  it('come from the API page after page, and are filtered here too', async () => {
    await using at = await registry({
      [`GET /v2/shop/referrers/${digestOf(IMAGE)}`]: ({ url = '' }, response) => {
        if (url.includes('next=opaque')) response.end(page([...both, 'nonsense', { digest: 'x' }]));
        else response.writeHead(200, { link: `<${url}&next=opaque>; rel="next"` }).end(page([]));
      },
    });

    expect(await ask(at)).toMatchObject({ referrers: [{ digest: SIGNATURE }], cut: false });
  });

  it('come from the tag where there is no such API, and are none where there is no tag', async () => {
    await using at = await registry({
      [`GET /v2/shop/manifests/${digestOf(IMAGE).replace(':', '-')}`]: gives(page(both)),
    });
    await using bare = await registry({});

    expect(await ask(at)).toMatchObject({ referrers: [{ digest: SIGNATURE }], cut: false });
    expect(await ask(bare)).toEqual({ referrers: [], cut: false });
  });

  it('that a registry refuses to say are not none', async () => {
    await using at = await registry({
      [`GET /v2/shop/referrers/${digestOf(IMAGE)}`]: (_, response) => {
        response.writeHead(500).end();
      },
    });

    expect(await faultOf(ask(at))).toBe('unavailable');
  });
});
