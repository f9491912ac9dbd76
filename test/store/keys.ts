import type { StoreKeys } from '../../src/store/store.ts';

/** What stores of tests are signed with. */
export const RECORD_KEY = 'c0ffee'.padEnd(64, '0');
export const KEYS: StoreKeys = { record: { current: RECORD_KEY } };
