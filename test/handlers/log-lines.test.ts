import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/handlers/containers/log/line-filter.ts';
import { chunk, demuxed, frame, lines } from './log-pieces.ts';

describe('log lines', () => {
  it('come out the same however the wire cut them, many-byte characters too', async () => {
    const text = Buffer.from('één\nzwei ✓ 🚢\nlast');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const chunks = at.slice(1).map((end, index) => chunk(text.subarray(at[index], end)));
        expect(await lines(chunks)).toEqual(['één', 'zwei ✓ 🚢', 'last']);
      }),
    );
  });

  it('are what a terminal shows of them, in whichever pieces they come', async () => {
    const text = Buffer.from('10%\r50%\r100% done\r\n12345\rab\nx\by\r\u001b[Kz 👩‍💻\nplain\r\n');
    for (const size of [1, 3, 7, 100]) {
      const chunks = [];
      for (let at = 0; at < text.length; at += size) chunks.push(chunk(text.subarray(at, at + size)));
      expect(await lines(chunks)).toEqual(['100% done', 'ab345', 'z 👩‍💻', 'plain']);
    }
  });

  it.each(['\u00ad', '\u061c', '\u180e', '\u200b', '\u202e', '\u206a'])(
    'show no secret that has an invisible character in it: %j',
    async (char) => {
      expect(
        await lines([chunk(`a secretv${char}alue-12345\npass${char}word=Hunt3r-9x\n`)], ['secretvalue-12345']),
      ).toEqual(['a ***', 'password=***']);
    },
  );

  it('are one for a progress bar of any length, and show no secret that was written over by half', async () => {
    const bar = Array.from({ length: 5000 }, (_, at) => `\rloading ${at} of 5000`);
    const chunks = [...bar.map(chunk), chunk('\n'), chunk('secretvalue-12345\r***\n')];
    expect(await lines(chunks, ['secretvalue-12345'])).toEqual(['loading 4999 of 5000', '***']);
  });

  it('that are too long are cut at a whole character', async () => {
    const [line] = await lines([chunk(`x${'🚢'.repeat(40_000)}\n`), chunk('next\n')]);
    expect(line?.isWellFormed()).toBe(true);
  });

  it('survive ten thousand frames in one chunk, and one frame in many', async () => {
    const written = Array.from({ length: 10_000 }, (_, index) => `${index}\n`);
    expect(await demuxed([Buffer.concat(written.map((text) => frame(1, text)))])).toEqual([
      `stdout:${written.join('')}`,
    ]);
    expect(await demuxed([...frame(2, 'hey')].map((byte) => Buffer.from([byte])))).toEqual([
      'stderr:h',
      'stderr:e',
      'stderr:y',
    ]);
  });

  it('that are not in frames are said to be so', async () => {
    await expect(demuxed([Buffer.from('plain text here')])).rejects.toMatchObject({ fault: 'protocol' });
  });

  it.each([
    ['DB_PASSWORD=hunter22', 'DB_PASSWORD=***'],
    ['{"api_key": "abcdef123"}', '{"api_key": "***"}'],
    ['Authorization: Bearer abcdefghijk', 'Authorization: Bearer ***'],
    ['postgres://shop:s3cret@db/shop', 'postgres://shop:***@db/shop'],
    ['got ghp_abcdefghijklmnopqrstuvwx', 'got ***'],
    ['the value is swordfish-9', 'the value is ***'],
    ['\u001b[31mred\u001b[0m \u202egnp', 'red gnp'],
    ['nothing to hide here', 'nothing to hide here'],
  ])('mask secrets and strip control characters: %j', async (line, shown) => {
    expect(await lines([chunk(`${line}\n`)], ['swordfish-9'])).toEqual([shown]);
  });

  it('never show a private key, though its body has no telling word', async () => {
    const text = 'a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nxyz\n-----END RSA PRIVATE KEY-----\nb\n';
    expect(await lines([chunk(text)])).toEqual(['a', '-----BEGIN RSA PRIVATE KEY----- ***', 'b']);
  });

  it('are cut when they have no end', async () => {
    const [line, next] = await lines([chunk('x'.repeat(200_000)), chunk('y'.repeat(10)), chunk('\nnext\n')]);
    expect(line?.length).toBeLessThan(33_000);
    expect(next).toBe('next');
  });
});

describe('--grep', () => {
  it.each([
    ['error', false, 'an error', true],
    ['error|timeout', false, 'a timeout', true],
    ['^GET .* 5\\d\\d', false, 'GET /x 503', true],
    ['error', true, 'an error', false],
  ])('%s (inverted %s) on %j: %s', (pattern, invert, line, matches) => {
    expect(compileFilter(pattern, invert)(line)).toBe(matches);
  });

  it('is not run away with', () => {
    expect(compileFilter('(a+)+$', false)(`${'a'.repeat(30_000)}!`)).toBe(false);
    expect(() => compileFilter('(?=a)b', false)).toThrow('could run away');
    expect(() => compileFilter('(a)\\1', false)).toThrow('could run away');
    expect(() => compileFilter('(', false)).toThrow('cannot use that pattern');
  });
});
