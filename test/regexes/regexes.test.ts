import { expect, it } from 'vitest';
import { findRegexes } from './find.ts';
import { slowOnes } from './judge.ts';

const { literals, built } = findRegexes('src');
/** Milliseconds for 100 kB. */
const MOST = 50;

it('every regular expression of the sources is quick on every attack', async () => {
  expect(literals.length).toBeGreaterThan(100);
  const unique = [...new Map(literals.map((found) => [`/${found.source}/${found.flags}`, found])).values()];

  expect(await slowOnes(unique, MOST)).toEqual([]);
}, 600_000);

it('no regular expression is built while the program runs', () => {
  expect(built).toEqual([]);
});

it('the attacks find what is slow', async () => {
  const slow = [
    '\\beyJ[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]{6,}\\.[A-Za-z0-9_-]{4,}',
    'lookup \\S+.*i\\/o timeout',
    '\\s+$',
    '[^x]*x',
    '(a+)+$',
    '<([^>]*)>',
    'manifest for .* not found',
  ];
  const found = slow.map((source, line) => ({ file: 'test', line, source, flags: 'u' }));

  const named = await slowOnes(found, MOST);

  expect(slow.filter((_, line) => !named.some((text) => text.startsWith(`test:${line} `)))).toEqual([]);
}, 120_000);
