import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ulid } from '../../src/domain/ulid.ts';

it('ids sort in the order they were made in, whatever the clock is set to meanwhile', () => {
  const hour = 3_600_000;
  const moment = fc.integer({ min: 1_795_000_000_000 - hour, max: 1_795_000_000_000 + hour });
  fc.assert(
    fc.property(fc.array(moment, { minLength: 2, maxLength: 30 }), (moments) => {
      const ids = moments.map(ulid);
      expect(ids.toSorted()).toEqual(ids);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/u);
    }),
  );
});
