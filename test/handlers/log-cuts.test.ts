import { describe, expect, it } from 'vitest';
import { chunk, lines, pieces, records, STAMP } from './log-pieces.ts';

describe('a secret in which something is cut', () => {
  const long = `xx${'Ж'.repeat(8188)}DB_PASSWORD=Sw0rdfishSw0rdfish`;

  it.each(['shown', 'off'] as const)('is hidden across the border of two records, times %s', async (stamps) => {
    for (const size of [7, 1000, 100_000]) {
      const [line, next] = await lines(
        pieces(Buffer.concat([records(`${long}\n`), records('next\n')]), size),
        [],
        stamps,
      );
      expect(line?.endsWith(`${'Ж'.repeat(9)}DB_PASSWORD=***`)).toBe(true);
      expect(line?.slice(STAMP.length)).not.toContain('2026');
      expect(next).toBe(stamps === 'shown' ? `${STAMP}next` : 'next');
    }
  });

  it('is whole again, and so is a character, at every place of the border and with either driver', async () => {
    for (let at = 16_340; at <= 16_390; at += 1) {
      const text = `${'x'.repeat(at)}🚢 token=Sw0rdfishSw0rdfish Ж`;
      for (const json of [false, true]) {
        const [line = ''] = await lines(pieces(records(`${text}\n`, json), 5000), [], 'off');
        expect(line.slice(at)).not.toMatch(/Sw0|fish|2026/u);
        if (!json) expect(line).toBe(text.replace('Sw0rdfishSw0rdfish', '***'));
      }
    }
  });

  it.each(['none', 'off'] as const)('is hidden at every place of the longest line, times %s', async (stamps) => {
    for (const rest of ['', 'y'.repeat(200_000)])
      for (let at = 32_700; at <= 32_800; at += 7) {
        const text = `${'x'.repeat(at)} known-value-1234567 ${rest}`;
        const bytes =
          stamps === 'none' ? Buffer.from(`${text}\nnext\n`) : Buffer.concat([records(`${text}\n`), records('next\n')]);
        const [line = '', next] = await lines(pieces(bytes, 9000), ['known-value-1234567'], stamps);
        expect(line).not.toMatch(/known|lue/u);
        expect(line.length).toBeLessThanOrEqual(32_768);
        expect(next).toBe('next');
      }
  });

  it('is not shown in part where masks made the line short before it was cut', async () => {
    const known = `known-${'k'.repeat(300)}`;
    const text = `${`${known} `.repeat(400)}${'y'.repeat(200_000)}`;
    for (const size of [500, 1001, 41_000])
      expect((await lines(pieces(text, size), [known])).join()).not.toContain('kkkk');
  });

  it.each([
    ['an assignment', 'a '.repeat(16_370).concat('token=')],
    ['a string', 'password="'],
    ['a header', 'Authorization: Bearer '],
    ['a bearer alone', 'got bearer '],
    ['a cookie', 'Cookie: a='],
    ['an argument', 'run --password '],
    ['an element', '<password>'],
    ['a token', 'gh'.concat('p_')],
  ])('is hidden as a whole however long it is: %s', async (_, before) => {
    const shown = await lines([chunk(`${before}${'Ab1'.repeat(40_000)}\nnext\n`)]);
    expect(shown.join('\n')).not.toContain('Ab1');
    expect(shown.at(-1)).toBe('next');
  });

  it('is hidden where the last record is only a part of the line', async () => {
    const text = `${'x'.repeat(16_384 - 8)} known-v`;
    expect((await lines([chunk(text)], ['known-value-1234567'])).join()).not.toContain('known-v');
    expect((await lines([chunk(records(text))], ['known-value-1234567'], 'off')).join()).not.toContain('known-v');
    expect(await lines([chunk('no end of line')])).toEqual(['no end of line']);
  });
});
