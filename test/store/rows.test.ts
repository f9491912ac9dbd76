import { expect, it } from 'vitest';
import { onlyRow } from '../../src/store/rows.ts';

it('a statement that should have returned a row and did not is an error, never an undefined row', () => {
  expect(onlyRow([{ id: 'A1' }])).toEqual({ id: 'A1' });
  expect(() => onlyRow([])).toThrow('returned none');
});
