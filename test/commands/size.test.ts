import { describe, expect, it } from 'vitest';
import { parseSize, saySize } from '../../src/domain/size.ts';

describe('parseSize', () => {
  it.each([
    ['512m', 536_870_912],
    ['1.5g', 1_610_612_736],
    ['64K', 65_536],
    ['64kb', 65_536],
    ['1073741824', 1_073_741_824],
    ['100b', 100],
  ])('reads %s as docker does', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '0', 'm', '12x', '-1', '1e9', '9999999999999g', '1.5.2m'])('refuses %j', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

it('prints bytes as docker does', () => {
  expect([0, 999, 7_330_000, 1_500_000_000].map(saySize)).toEqual(['0B', '999B', '7.33MB', '1.5GB']);
});
