import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { mustSend } from '../../playground/engine/api.ts';

/** One entry of an archive that a test makes; of a header every field can be wrong. */
export interface Packed {
  readonly name: string;
  readonly type?: string;
  readonly content?: Buffer | string;
  readonly link?: string;
  readonly mode?: number;
  /** What the header says, where that is not the length of the content: octal digits, or its twelve bytes. */
  readonly size?: string | Buffer;
  readonly prefix?: string;
  readonly sum?: string;
  /** The magic of GNU's archives. */
  readonly isGnu?: boolean;
}

/** A header with its right sum, unless the entry has one of its own. */
export function header({
  name,
  type = '0',
  content = '',
  link = '',
  size,
  prefix = '',
  sum,
  mode,
  isGnu,
}: Packed): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100, 'utf8');
  block.write(`${(mode ?? (type === '5' ? 0o755 : 0o644)).toString(8).padStart(7, '0')}\0`, 100);
  block.write('0000000\x000000000\0', 108);
  if (Buffer.isBuffer(size)) size.copy(block, 124);
  else block.write(`${size ?? Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  block.write('14700000000\0', 136);
  block.write(type, 156);
  block.write(link, 157, 100, 'utf8');
  block.write(isGnu ? 'ustar  \0' : 'ustar\x0000', 257, 8, 'latin1');
  if (!isGnu) block.write(prefix, 345, 155, 'utf8');
  block.fill(' ', 148, 156);
  const total = block.reduce((one, byte) => one + byte, 0);
  block.write(sum ?? `${total.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  return block;
}

export function entry(packed: Packed): Buffer {
  const content = Buffer.from(packed.content ?? '');
  return Buffer.concat([header({ ...packed, content }), content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** A record of a pax header, whose length counts its own digits. */
export function record(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return `${length} ${key}=${value}\n`;
}

export const END = Buffer.alloc(1024);
/** The archive of a layer: an engine refuses one that has a folder twice. */
export function layerTar(entries: readonly Packed[]): Buffer {
  return tar([...new Map(entries.map((one) => [one.name, one])).values()]);
}

export const tar = (entries: readonly Packed[]): Buffer => Buffer.concat([...entries.map(entry), END]);

/** Bytes that compress badly and differ by their seed. */
export function bytesOf(length: number, seed: string): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 64 < length; at += 1) parts.push(createHash('sha512').update(`${seed} ${at}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

/** Folders of a path and a file at its end. */
export function file(path: string, content: Buffer | string, more: Partial<Packed> = {}): Packed[] {
  const parts = path.split('/');
  const folders = parts.slice(0, -1).map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
  return [...folders.map((name) => ({ name, type: '5' })), { name: path, content, ...more }];
}

export const gone = (path: string): Packed[] => {
  const parts = path.split('/');
  return file([...parts.slice(0, -1), `.wh.${parts.at(-1)}`].join('/'), '');
};

export interface MadeLayer {
  readonly by: string;
  readonly entries: readonly Packed[];
}

export interface MadeImage {
  readonly layers: readonly MadeLayer[];
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The config of an image, as builders write it; steps without a layer come first. */
export function configOf({ layers, config = {} }: MadeImage, tars: readonly Buffer[]): object {
  const steps = layers.map(({ by }) => ({ created: '2026-01-01T00:00:00Z', created_by: by }));
  return {
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: tars.map((bytes) => `sha256:${digest(bytes)}`) },
    history: [{ created_by: 'ENV LANG=C.UTF-8', empty_layer: true }, ...steps],
  };
}

export const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** The archive that `docker load` takes, and `docker save` of older engines writes. */
export function archiveOf(image: MadeImage, name: string): Buffer {
  const tars = image.layers.map(({ entries }) => layerTar(entries));
  const config = JSON.stringify(configOf(image, tars));
  const paths = tars.map((bytes) => `${digest(bytes)}/layer.tar`);
  const manifest = [{ Config: `${digest(config)}.json`, RepoTags: [name], Layers: paths }];
  const layers = [...new Map(tars.map((content, at) => [paths[at] ?? '', content]))];
  return tar([
    ...layers.map(([path, content]) => ({ name: path, content })),
    { name: `${digest(config)}.json`, content: config },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ]);
}

/** Loads an image that a test made into an engine. */
export async function loadImage(socketPath: string, name: string, image: MadeImage): Promise<void> {
  const body = Readable.from([archiveOf(image, name)], { objectMode: false });
  await mustSend(socketPath, { method: 'POST', path: '/images/load?quiet=true', body });
}
