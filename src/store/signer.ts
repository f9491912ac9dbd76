import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Value } from './sql.ts';

/** Keys of the records: 64 hex digits each. `former` ones still verify what was signed under them, and sign nothing. */
export interface RecordKeys {
  readonly current: string;
  readonly former?: readonly string[];
}

/**
 * How far a record can be trusted. `before`: it was in the database when signing began, and nothing says who wrote it;
 * it is shown and never acted on. `forged`: written or changed by something that does not have the key.
 */
export type Integrity = 'signed' | 'before' | 'forged';

/** Computes and verifies keyed MACs (HMAC-SHA-256) of records. `domain` keeps a MAC of one table from fitting another. */
export interface Signer {
  mac(domain: string, fields: readonly Value[]): string;
  fits(domain: string, fields: readonly Value[], mac: string): boolean;
}

export function createSigner({ current, former = [] }: RecordKeys): Signer {
  const keys = [current, ...former].map((hex) => createSecretKey(hex, 'hex'));
  const [signing] = keys as [KeyObject];
  return {
    mac: (domain, fields) => macOf(signing, domain, fields).toString('hex'),
    fits(domain, fields, mac) {
      const given = Buffer.from(mac, 'hex');
      return keys.some((key) => {
        const expected = macOf(key, domain, fields);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}

// JSON of an array of strings, numbers and nulls is a canonical form: no two lists have the same. What SQLite stores of a
// string with half a character is not what it was given, so both are signed as it is read back.
function macOf(key: KeyObject, domain: string, fields: readonly Value[]): Buffer {
  const stored = fields.map((field) => (typeof field === 'string' ? field.toWellFormed() : field));
  return createHmac('sha256', key)
    .update(JSON.stringify([domain, ...stored]))
    .digest();
}
