import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EngineError } from '../../../src/docker/client/engine-error.ts';
import { onlyFileIn } from '../../../src/docker/shapes/tar.ts';

interface Entry {
  readonly name: string;
  readonly type?: string;
  readonly content?: string;
  /** As the header says it; the length of the content by default. */
  readonly size?: string;
}

function entry({ name, type = '0', content = '', size }: Entry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(size ?? `${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

const END = Buffer.alloc(1024);
const tar = (...entries: readonly Entry[]) => Buffer.concat([...entries.map(entry), END]);
const fault = (archive: Buffer) => {
  try {
    onlyFileIn(archive);
  } catch (error) {
    return error instanceof EngineError ? error.fault : String(error);
  }
  return 'read';
};

it('reads the one file of an archive, with extended headers before it', () => {
  const archive = tar(
    { name: 'pax', type: 'x', content: '18 path=some/name\n' },
    { name: 'conf', content: 'port = 80\n' },
  );

  expect(onlyFileIn(archive)).toMatchObject({ name: 'conf', content: Buffer.from('port = 80\n') });
});

it.each([
  ['a link', tar({ name: 'l', type: '2' }), 'refused'],
  ['a hard link', tar({ name: 'l', type: '1' }), 'refused'],
  ['a folder', tar({ name: 'f/', type: '5' }), 'refused'],
  ['a device', tar({ name: 'd', type: '3' }), 'refused'],
  ['a sparse file', tar({ name: 's', type: 'S' }), 'refused'],
  ['a second file', tar({ name: 'a', content: 'x' }, { name: 'b', content: 'y' }), 'protocol'],
  ['nothing', END, 'protocol'],
  ['no bytes', Buffer.alloc(0), 'protocol'],
  ['a size beyond its end', tar({ name: 'a', size: '00000077777\0' }), 'protocol'],
  ['a size in base 256', tar({ name: 'a', size: '\u0080\0\0\0\0\0\0\0\0\0\0\0' }), 'protocol'],
  ['a negative size', tar({ name: 'a', size: '-0000000001\0' }), 'protocol'],
  ['a size in an extended header', tar({ name: 'p', type: 'x', content: '12 size=999\n' }, { name: 'a' }), 'protocol'],
  ['endless headers', tar(...Array.from({ length: 9 }, () => ({ name: 'p', type: 'x', content: '' }))), 'protocol'],
])('refuses %s', (_, archive, expected) => {
  expect(fault(archive)).toBe(expected);
});

it('refuses a header whose sum is wrong', () => {
  const archive = tar({ name: 'a', content: 'x' });
  archive[0] = 0x62;

  expect(fault(archive)).toBe('protocol');
});

it('reads or refuses any bytes, and never gives more than there are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(4), (bytes, at) => {
      const archive = tar({ name: 'a', content: 'hello' });
      archive.set(bytes.subarray(0, Math.max(0, archive.length - at * 100)), Math.min(at * 100, archive.length));
      const before = archive.length;
      const found = fault(archive);
      expect(['read', 'protocol', 'refused']).toContain(found);
      if (found === 'read') expect(onlyFileIn(archive).content.length).toBeLessThan(before);
    }),
    { numRuns: 500 },
  );
});
