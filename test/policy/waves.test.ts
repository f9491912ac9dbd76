import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Wave } from '../../src/config.ts';
import { inWaves } from '../../src/policy/waves.ts';

const ALL: Wave = { percent: 100 };

it.each([
  [
    ['a', 'b', 'c', 'd', 'e'],
    [{ hosts: 1 }, { percent: 50 }, ALL],
    [['a'], ['b', 'c'], ['d', 'e']],
  ],
  [
    ['a', 'b'],
    [{ hosts: 1 }, { percent: 50 }, ALL],
    [['a'], ['b']],
  ],
  [['a'], [{ hosts: 3 }, ALL], [['a']]],
  [['a', 'b'], [ALL], [['a', 'b']]],
  [[], [ALL], []],
])('deals %j to %j', (hosts, waves, expected) => {
  expect(inWaves(hosts, waves)).toEqual(expected);
});

it('reaches every host once and in order, whatever the waves before the last', () => {
  const wave = fc.oneof(
    fc.record({ hosts: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
  );
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.array(wave), (hosts, waves) => {
      const dealt = inWaves(hosts, [...waves, ALL]);
      expect(dealt.flat()).toEqual(hosts);
      expect(dealt.every((part) => part.length > 0)).toBe(true);
    }),
  );
});
