import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { analyzeImage } from '../../src/image/analyze.ts';
import { readArchive } from '../../src/image/archive.ts';
import { Budget } from '../../src/image/budget.ts';
import { type Layer, readLayer } from '../../src/image/layer/read-layer.ts';
import { Folder, nodeAt } from '../../src/image/layer/tree.ts';
import { watchLoop } from './loop.ts';
import { archiveOf, bytesOf, END, entry, file, header, type Packed, record, tar } from './pack.ts';

const CHUNK = 65_536;
/** Milliseconds. */
const MOST_PAUSE = 100;

async function* chunks(bytes: Buffer, size = CHUNK) {
  for (let at = 0; at < bytes.length; at += size) {
    // As a socket does: not all at once.
    if (at % (16 * CHUNK) === 0) await new Promise((resolve) => setImmediate(resolve));
    yield bytes.subarray(at, at + size);
  }
}

const read = (bytes: Buffer, size?: number) => readLayer(chunks(bytes, size), new Budget());
const sizeAt = ({ root }: Pick<Layer, 'root'>, path: string) => {
  const node = nodeAt(root, path.split('/'));
  return node instanceof Folder ? undefined : node?.bytes;
};
const endless = async function* endless(one: Buffer, count: number) {
  const many = Buffer.concat(Array.from({ length: 128 }, () => one));
  for (let at = 0; at < count; at += 128) {
    await new Promise((resolve) => setImmediate(resolve));
    yield many;
  }
};
const pax = (records: string): Packed => ({ name: 'PaxHeaders/x', type: 'x', content: records });
const NEGATIVE = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]);
const HUGE = Buffer.from([0x80, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

describe('a layer', () => {
  const many: Packed[] = [
    ...file('etc/app.conf', 'x'.repeat(1000)),
    { name: '././@LongLink', type: 'L', content: `opt/${'long/'.repeat(40)}name\0`, isGnu: true },
    { name: 'cut', content: 'y'.repeat(300), isGnu: true },
    pax(record('path', `opt/${'pax/'.repeat(60)}näme`) + record('SCHILY.xattr.user.x', '\n=\n')),
    { name: 'cut', content: 'z'.repeat(50) },
    pax(record('size', '7')),
    { name: 'opt/sized', content: '1234567', size: '00000000000' },
    { name: 'opt/linked', type: '1', link: 'etc/app.conf', size: '00000001750' },
    { name: 'opt/soft', type: '2', link: '../../../../etc/shadow' },
    { name: 'prefixed', prefix: 'usr/share', content: 'p' },
  ];

  it.each([1, 7, 511, 512, 513, 65_536])('is read whatever the pieces it comes in: %i bytes', async (size) => {
    const layer = await read(tar(many), size);

    expect(layer.cut).toBeUndefined();
    expect(sizeAt(layer, 'etc/app.conf')).toBe(1000);
    expect(sizeAt(layer, `opt/${'long/'.repeat(40)}name`)).toBe(300);
    expect(sizeAt(layer, `opt/${'pax/'.repeat(60)}näme`)).toBe(50);
    expect(sizeAt(layer, 'opt/sized')).toBe(7);
    expect(sizeAt(layer, 'usr/share/prefixed')).toBe(1);
    // Two paths, one file.
    expect(layer.bytes).toBe(1000 + 300 + 50 + 7 + 1);
  });

  it.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
  ])('is unpacked: %s', async (_, pack) => {
    const layer = await read(pack(tar(file('opt/x', bytesOf(300_000, 'x')))));

    expect(layer).toMatchObject({ bytes: 300_000, files: 1, cut: undefined });
  });

  it('counts a sparse file as what is stored of it', async () => {
    const map = Buffer.alloc(512);
    map[504] = 0;
    const old = header({ name: 'opt/sparse', type: 'S', content: 'x'.repeat(512), isGnu: true });
    old[482] = 1;
    old.fill(' ', 148, 156);
    old.write(
      `${old
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      8,
      'latin1',
    );
    const layer = await read(
      Buffer.concat([old, map, Buffer.alloc(512, 'x'), entry({ name: 'opt/next', content: 'n' }), END]),
    );

    expect(sizeAt(layer, 'opt/sparse')).toBe(512);
    expect(sizeAt(layer, 'opt/next')).toBe(1);
  });

  it.each<[string, Buffer, string]>([
    ['a negative size', tar([{ name: 'a', content: 'a', size: NEGATIVE }]), 'damaged'],
    ['a negative size in an extended header', tar([pax(record('size', '-1')), { name: 'a' }]), 'damaged'],
    ['a size of eight exabytes', tar([{ name: 'a', size: HUGE }]), 'damaged'],
    ['a size that is no number', tar([{ name: 'a', size: '0000000009z' }]), 'damaged'],
    ['a wrong checksum', tar([{ name: 'a', sum: '000001\0 ' }]), 'damaged'],
    ['an end within a file', tar([{ name: 'a', content: 'x'.repeat(5000) }]).subarray(0, 3000), 'damaged'],
    ['an end within a header', tar(file('a', 'x')).subarray(0, 700), 'damaged'],
    ['a broken extended header', tar([pax('99999999999999 path=x\n'), { name: 'a' }]), 'damaged'],
    ['an extended header without its equals sign', tar([pax('8 path\n\n'), { name: 'a' }]), 'damaged'],
    ['an extended header of 2 MB', tar([pax(record('path', 'x'.repeat(2e6))), { name: 'a' }]), 'damaged'],
    [
      'headers that only speak of the next',
      Buffer.concat(Array.from({ length: 1000 }, () => entry(pax(record('path', 'x'))))),
      'damaged',
    ],
    ['noise', bytesOf(100_000, 'noise'), 'damaged'],
    [
      'broken gzip',
      Buffer.concat([gzipSync(tar(file('a', bytesOf(200_000, 'g')))).subarray(0, 9000), Buffer.alloc(900, 7)]),
      'damaged',
    ],
    ['gzip that ends early', gzipSync(tar(file('a', bytesOf(200_000, 'g')))).subarray(0, 100_000), 'damaged'],
    ['zstd that ends early', zstdCompressSync(tar(file('a', bytesOf(200_000, 'g')))).subarray(0, 100_000), 'damaged'],
  ])('says that the rest was not read: %s', async (_, bytes, reason) => {
    const layer = await read(bytes);

    expect(layer.cut?.reason).toBe(reason);
    expect(layer.cut?.message).not.toBe('');
  });

  it('keeps what came before the fault', async () => {
    const layer = await read(Buffer.concat([entry({ name: 'good', content: 'g' }), bytesOf(2048, 'bad')]));

    expect(layer).toMatchObject({ files: 1, bytes: 1, cut: { reason: 'damaged' } });
  });

  it.each([['../../etc/passwd'], ['a/../../b'], [`${'a/'.repeat(300)}deep`], [`${'n'.repeat(300)}`]])(
    'leaves out paths that lead nowhere: %s',
    async (name) => {
      const layer = await read(tar([pax(record('path', name)), { name: 'x', content: 'x' }, ...file('ok', 'y')]));

      expect(layer).toMatchObject({ odd: 1, files: 1, bytes: 1, cut: undefined });
    },
  );

  it('takes names that JavaScript has of its own', async () => {
    const layer = await read(tar([...file('__proto__/constructor', 'x'), ...file('toString', 'y')]));

    expect(sizeAt(layer, '__proto__/constructor')).toBe(1);
    expect(layer.bytes).toBe(2);
  });

  it('stops at a bomb', { timeout: 60_000 }, async () => {
    const zeros = Buffer.concat([header({ name: 'zeros', size: '07777777777' }), Buffer.alloc(1 << 20)]);
    const packed = gzipSync(Buffer.concat([zeros, Buffer.alloc(320 << 20)]), { level: 9 });
    const loop = watchLoop();
    const layer = await read(packed);

    expect(packed.length).toBeLessThan(1e6);
    expect(layer.cut?.reason).toBe('ratio');
    expect(loop.stop()).toBeLessThan(MOST_PAUSE);
  });

  it('keeps a million entries within bounds, and says so', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().rss;
    const loop = watchLoop();
    let at = 0;
    const names = async function* names() {
      for (; at < 1_000_000; ) {
        const some: Buffer[] = [];
        for (let one = 0; one < 128; one += 1)
          some.push(header({ name: `data/${at % 1000}/file-of-some-length-${at++}` }));
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.concat(some);
      }
    };
    const layer = await readLayer(names(), new Budget());

    expect(layer.cut?.reason).toBe('entries');
    expect(layer.files).toBeGreaterThan(290_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    expect(loop.stop()).toBeLessThan(MOST_PAUSE);
  });

  it('reads no more than the limit, of headers without end', { timeout: 60_000 }, async () => {
    const layer = await readLayer(
      endless(header({ name: 'same' }), 1e9),
      new Budget({ bytes: 50e6, nodes: 1e9, ratio: 10, ratioFrom: 1e6 }),
    );

    expect(layer.cut?.reason).toBe('bytes');
    expect(layer.files).toBe(1);
  });
});

describe('an archive of an engine', () => {
  const layers = [{ by: 'COPY . .', entries: file('app/x', bytesOf(1000, 'x')) }];
  const open = (bytes: Buffer) => readArchive(chunks(bytes), () => {});

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['only an end', END],
    ['noise', bytesOf(5000, 'n')],
    ['no list of images', tar(file('blobs/sha256/x', '{}'))],
    ['a list that names no config', tar([{ name: 'manifest.json', content: '[{"Config":"c.json","Layers":[]}]' }])],
    ['a list that is none', tar([{ name: 'manifest.json', content: '{"Config":1}' }])],
    [
      'a missing layer',
      tar([
        { name: 'c.json', content: JSON.stringify({ rootfs: { diff_ids: [] } }) },
        { name: 'manifest.json', content: '[{"Config":"c.json","Layers":["a/layer.tar"]}]' },
      ]),
    ],
    ['an early end', archiveOf({ layers }, 'x:1').subarray(0, 1000)],
    [
      'documents without end',
      tar(Array.from({ length: 600 }, (_, at) => ({ name: `blobs/sha256/${at}`, content: '{}' }))),
    ],
  ])('that is none is refused: %s', async (_, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ name: 'CutOff' });
  });

  it('may have a layer twice, and a layer that is a link to another', async () => {
    const twice = { by: 'COPY', entries: file('app/x', bytesOf(200_000, 'x')) };
    const { config, layers: read } = await open(archiveOf({ layers: [twice, twice] }, 'x:1'));
    const { findings, bytes } = await analyzeImage({ config, layers: read }, (text) => text);

    expect(bytes).toBe(400_000);
    expect(findings.find(({ id }) => id === 'replaced-later')).toMatchObject({ bytes: 200_000, layers: [1, 2] });
  });

  it('with a broken layer is analyzed as far as it goes', async () => {
    const good = tar(file('var/lib/apt/lists/x', bytesOf(500_000, 'l')));
    const config = JSON.stringify({
      os: 'linux',
      rootfs: { diff_ids: ['a', 'b'] },
      history: [{ created_by: 'a' }, { created_by: 'b' }],
    });
    const bytes = tar([
      { name: 'a/layer.tar', content: good },
      { name: 'b/layer.tar', content: bytesOf(5000, 'broken') },
      { name: 'c.json', content: config },
      {
        name: 'manifest.json',
        content: JSON.stringify([{ Config: 'c.json', Layers: ['a/layer.tar', 'b/layer.tar'] }]),
      },
    ]);
    const result = await analyzeImage(await open(bytes), (text) => text);

    expect(result.layers.map(({ cut }) => cut === undefined)).toEqual([true, false]);
    expect(result.findings.find(({ id }) => id === 'apt-lists')?.bytes).toBe(500_000);
  });

  it('does not count a file as gone while another path leads to it', async () => {
    const first = [...file('opt/a', bytesOf(500_000, 'a')), { name: 'opt/b', type: '1', link: 'opt/a' }];
    const image = {
      layers: [
        { by: 'RUN ln', entries: first },
        { by: 'RUN rm', entries: file('opt/.wh.a', '') },
      ],
    };
    const once = await analyzeImage(await open(archiveOf(image, 'x:1')), (text) => text);
    const both = await analyzeImage(
      await open(
        archiveOf({ layers: [...image.layers, { by: 'RUN rm', entries: file('opt/.wh..wh..opq', '') }] }, 'x:1'),
      ),
      (text) => text,
    );

    expect(once.savedBytes).toBe(0);
    expect(both.findings.find(({ id }) => id === 'deleted-later')).toMatchObject({ bytes: 500_000, layers: [1, 3] });
  });
});
