import { expect, it } from 'vitest';
import { engineFilters } from '../../src/commands/language/filters.ts';

it('gives an engine the values of one filter together', () => {
  const filters = [
    { key: 'label', value: 'a=b' },
    { key: 'dangling', value: 'true' },
    { key: 'label', value: 'c' },
  ];
  expect(engineFilters(filters)).toEqual({ label: ['a=b', 'c'], dangling: ['true'] });
  expect(engineFilters([])).toEqual({});
});
