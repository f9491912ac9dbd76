import { expect, it } from 'vitest';
import { sayStreak, sayTimes } from '../../src/text/times.ts';

it('says once of what happened one time', () => {
  expect([sayTimes(1), sayTimes(2), sayStreak(1), sayStreak(3)]).toEqual([
    'once',
    '2 times',
    'once',
    '3 times in a row',
  ]);
});
