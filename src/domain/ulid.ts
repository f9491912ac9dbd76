import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHANCE = 16;

// Asking for chance costs the same for one id as for a few hundred.
const pool = Buffer.alloc(CHANCE * 256);
let used = pool.length;

let last = 0;

/**
 * A ULID: 48 bits of time, 80 of chance, in 26 characters that sort in the order they were made in by this process: a clock
 * that was set back does not put an id before an earlier one.
 */
export function ulid(now: number): string {
  last = Math.max(now, last + 1);
  let time = '';
  for (let value = last, index = 0; index < 10; index += 1, value = Math.floor(value / 32))
    time = ALPHABET[value % 32] + time;
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let chance = '';
  for (const end = used + CHANCE; used < end; used += 1) chance += ALPHABET[(pool[used] as number) % 32];
  return time + chance;
}
