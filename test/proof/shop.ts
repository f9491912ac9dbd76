import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { BUNDLE, layerOf, type SignatureLayer } from './layouts.ts';
import type { Parts } from './sign.ts';

/** What is pushed to a registry: blobs by digest, manifests by digest and by tag. */
export interface Content {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/** One repository, `shop`, with signatures as cosign leaves them there. */
export class Shop {
  readonly content: Content = { blobs: new Map(), manifests: new Map() };
  /** Referrers by the digest they are about. */
  readonly referrers = new Map<string, { readonly digest: string; readonly descriptor: object }[]>();

  /** An image that differs from others by its label; resolves to its digest. An engine can pull it. */
  image(words: string): string {
    const empty = Buffer.alloc(1024);
    const config = this.blob(
      Buffer.from(
        JSON.stringify({
          architecture: 'amd64',
          os: 'linux',
          config: { Labels: { words }, Cmd: ['/bin/none'] },
          rootfs: { type: 'layers', diff_ids: [digestOf(empty)] },
        }),
      ),
    );
    const layer = this.blob(gzipSync(empty));
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: described(config, 'application/vnd.oci.image.config.v1+json'),
      layers: [described(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')],
    };
    return this.manifest(manifest).digest;
  }

  /** An index of such images. */
  index(children: readonly string[]): string {
    const manifests = children.map((digest) => ({
      ...this.descriptorOf(digest),
      platform: { os: 'linux', architecture: 'amd64' },
    }));
    return this.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }).digest;
  }

  tag(name: string, digest: string): void {
    const manifest = this.content.manifests.get(digest);
    if (manifest) this.content.manifests.set(name, manifest);
  }

  /** Puts a signature where its layout has it for `digest`, whatever it says. */
  sign(digest: string, parts: Parts, change: (layer: SignatureLayer) => SignatureLayer = (layer) => layer): void {
    this.put(digest, parts.layout, change(layerOf(parts)));
  }

  put(digest: string, layout: Parts['layout'], { mediaType, bytes, annotations }: SignatureLayer): void {
    const layer = { ...described(this.blob(bytes), mediaType), annotations };
    const config = described(this.blob(Buffer.from('{}')), 'application/vnd.oci.empty.v1+json');
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] };
    if (layout !== 'bundle') {
      const name = `${digest.replace(':', '-')}.${layout === 'tag' ? 'sig' : 'att'}`;
      this.tag(name, this.manifest(manifest).digest);
      return;
    }
    const made = this.manifest({ ...manifest, artifactType: BUNDLE, subject: this.descriptorOf(digest) });
    const descriptor = { ...this.descriptorOf(made.digest), artifactType: BUNDLE };
    this.referrers.set(digest, [...(this.referrers.get(digest) ?? []), { digest: made.digest, descriptor }]);
  }

  /** Keeps the referrers in the fallback tag, as a client does for a registry without the API. */
  fallBack(): void {
    for (const [digest, list] of this.referrers) {
      const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: list.map(({ descriptor }) => descriptor) };
      this.tag(digest.replace(':', '-'), this.manifest(index).digest);
    }
  }

  blob(bytes: Buffer): { digest: string; size: number } {
    const digest = digestOf(bytes);
    this.content.blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  }

  manifest(manifest: { readonly mediaType: string; readonly [key: string]: unknown }): { digest: string } {
    const bytes = Buffer.from(JSON.stringify(manifest));
    const digest = digestOf(bytes);
    this.content.manifests.set(digest, { mediaType: manifest.mediaType, bytes });
    return { digest };
  }

  private descriptorOf(digest: string): object {
    const { mediaType, bytes } = this.content.manifests.get(digest) ?? { mediaType: OCI_MANIFEST, bytes: Buffer.of() };
    return { mediaType, digest, size: bytes.length };
  }
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

function described({ digest, size }: { digest: string; size: number }, mediaType = 'application/octet-stream') {
  return { mediaType, digest, size };
}
