import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 48 bits of time, 80 of chance, in 26 characters that sort by time. */
export function ulid(now: number): string {
  let time = '';
  for (let value = now, index = 0; index < 10; index += 1, value = Math.floor(value / 32))
    time = ALPHABET[value % 32] + time;
  let chance = '';
  for (const byte of randomBytes(16)) chance += ALPHABET[byte % 32];
  return time + chance;
}
