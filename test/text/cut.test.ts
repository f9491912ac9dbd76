import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, cutBetweenWords, cutStart } from '../../src/text/cut.ts';
import { processorTime } from '../processor-time.ts';

const HARD = [
  'a',
  ' ',
  'é',
  'e\u0301',
  '🚢',
  '👩‍💻',
  '🇩🇪',
  '🇫🇷',
  '👋🏽',
  '❤️',
  '한',
  'क्षि',
  '\ud83d',
  '\udea2',
  '\u200d',
  '\u0301',
  '\n',
];
const texts = fc.array(fc.constantFrom(...HARD), { maxLength: 60 }).map((parts) => parts.join(''));
const binary = fc.string({ unit: 'binary', maxLength: 80 });

it('what is cut is well-formed, fits, and is a part of the text with a mark of the cut', () => {
  fc.assert(
    fc.property(fc.oneof(texts, binary), fc.nat(90), (text, most) => {
      const [start, end] = [cut(text, most), cutStart(text, most)];
      for (const part of [start, end]) {
        expect(part.isWellFormed()).toBe(true);
        expect(part.length).toBeLessThanOrEqual(most);
      }
      const whole = text.toWellFormed();
      expect(whole.startsWith(start.replace(/…$/u, ''))).toBe(true);
      expect(whole.endsWith(end.replace(/^…/u, ''))).toBe(true);
      if (whole.length <= most) expect([start, end]).toEqual([whole, whole]);
    }),
    { numRuns: 3000 },
  );
});

it('characters as a reader sees them stay whole', () => {
  const graphemes = (text: string) => [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment);
  fc.assert(
    fc.property(texts, fc.nat(90), (text, most) => {
      const whole = graphemes(text.toWellFormed());
      const start = graphemes(cut(text, most, ''));
      expect(whole.slice(0, start.length)).toEqual(start);
      const end = graphemes(cutStart(text, most, ''));
      expect(whole.slice(whole.length - end.length)).toEqual(end);
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['a ship', `x${'🚢'.repeat(200)}`, 300],
  ['a flag, far from the beginning of its row', `x${'🇩🇪'.repeat(5000)}`, 9003],
  ['a family', '👨‍👩‍👧‍👦'.repeat(500), 1000],
])('%s is not cut', (_, text, most) => {
  const whole = new Set([...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment));
  for (let extra = 0; extra < 12; extra += 1)
    for (const { segment } of new Intl.Segmenter('und').segment(cut(text, most + extra, '')))
      expect(whole).toContain(segment);
});

it('is quick and keeps to its limit, however hostile the text', () => {
  const hostile = [
    `x${'\u0301'.repeat(10_000)}`,
    '👩\u200d'.repeat(50_000),
    `x${'🇩🇪'.repeat(50_000)}`,
    '\ud83d'.repeat(100_000),
  ];
  for (const text of hostile) {
    const began = processorTime();
    expect(cut(text, 3000).length).toBeGreaterThan(2900);
    expect(cutStart(text, 3000).length).toBeGreaterThan(2900);
    expect(processorTime() - began).toBeLessThan(100);
  }
});

describe('text whose secrets are hidden later', () => {
  it.each([
    ['/srv/data/ghp_aB3dE5gH7', '/srv/data/…'],
    ['none for u:p4ssw0rd@db', 'none for u:…'],
    ['ends at a slash/ghp_aB3dE5', 'ends at a slash…'],
    ['ghp_aB3dE5gH7jK9mN1pQ3rS5tU7', 'ghp_aB3dE5gH7jK…'],
    ['short', 'short'],
  ])('is cut between two words: %s', (text, shown) => {
    expect(cutBetweenWords(text, 16)).toBe(shown);
  });
});
