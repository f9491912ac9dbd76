import { expect, it } from 'vitest';
import { parseJson, readChunks, startOf, TooLarge } from '../../src/paced/json.ts';
import { countTurns } from './turns.ts';

/** More than what is parsed in one go. */
const MANY = 15_000;

const cutInto = (text: string, bytes: number): readonly Uint8Array[] => {
  const whole = Buffer.from(text);
  return Array.from({ length: Math.ceil(whole.length / bytes) }, (_, at) =>
    whole.subarray(at * bytes, (at + 1) * bytes),
  );
};
const escapes = { '\\"[': '\\\\', 'é😀': ['\\', '"', '{', '\u2028', -1.5e-7, null, true] };
/** What only a parser that knows whether it is within a text takes rightly: brackets, quotes and digits in it. */
const texts = ['\\"', '\\\\"'.repeat(9), '['.repeat(300), '1'.repeat(500), '\\'.repeat(401)];

it.each([1, 2, 3, 7, 1000])('JSON that comes in pieces of %i bytes means what it means whole', async (bytes) => {
  const value = { escapes, texts, list: [1, 22, 333, escapes] };

  await expect(parseJson(cutInto(JSON.stringify(value), bytes))).resolves.toEqual(value);
});

it.each([999, 65_536, 10_000_000])('so does what is too large for one go, in pieces of %i bytes', async (bytes) => {
  const value = Array.from({ length: MANY }, (_, at) => ({ ...escapes, at }));

  await expect(parseJson(cutInto(JSON.stringify({ value, texts }), bytes))).resolves.toEqual({ value, texts });
});

it.each([1, 3, 1000])('what no honest sender sends is refused in pieces of %i bytes', async (bytes) => {
  const refused = (text: string) => expect(parseJson(cutInto(text, bytes))).rejects;

  await refused('['.repeat(201)).toThrow(TooLarge);
  await refused(`[${'1'.repeat(401)}]`).toThrow(TooLarge);
  await refused('{"a": "\\"').toThrow(SyntaxError);
  await refused(`[${'1,'.repeat(50_000)}`).toThrow(SyntaxError);
});

it('bodies that arrive at once are read a slice a turn of the event loop', async () => {
  // As a socket's: there at once, and each piece takes time of the loop to be read.
  async function* body() {
    for (let at = 0; at < 50; at += 1) {
      const until = performance.now() + 1;
      while (performance.now() < until);
      yield Buffer.alloc(10);
    }
  }
  const turns = countTurns();

  await Promise.all(Array.from({ length: 8 }, () => readChunks(body(), 1000)));

  // 400 ms of work, in slices of some 8 ms.
  expect(turns()).toBeGreaterThan(20);
});

it('the start of a body is cut at a byte, whatever its pieces are', () => {
  expect(startOf(cutInto('abcdefg', 3), 5)).toBe('abcde');
  expect(startOf([], 5)).toBe('');
});
