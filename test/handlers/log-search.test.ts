import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileFilter } from '../../src/handlers/containers/log/line-filter.ts';
import { searchLines } from '../../src/handlers/containers/log/log-lines.ts';
import { neededWords } from '../../src/handlers/containers/log/needed-words.ts';
import { createRedactor } from '../../src/policy/redact.ts';
import { chunk, from } from './log-pieces.ts';

describe('a search', () => {
  const words = [
    'err',
    'timeout',
    'needle',
    'BEGIN',
    'KEY',
    'token',
    'secret',
    'hunter22',
    'x',
    '***',
    '=',
    ': ',
    ' ',
    '-',
  ];
  const line = fc
    .array(
      fc.constantFrom(
        ...words,
        'password=',
        'Authorization: Bearer ',
        'postgres://shop:s3cret99@db',
        'nee\u001b[31mdle',
        'time\u200bout',
        'er\u001b[0mr',
        'coor',
        'é',
        '-----BEGIN RSA PRIVATE KEY-----',
        '-----END RSA PRIVATE KEY-----',
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));
  const part = fc.constantFrom(
    ...['err', 'time', 'out', 'needle', 'timeout', 'colo', 'BEGIN', 'hunter22', 'ab', 'e', '0'],
    ...['.', '.*', '\\d', '\\b', '\\.', '[a-z]', '[^x]+', '[]|)]', '(e|dle)', '(out)?', '(a(b|c)|BEGIN)*', '^', '$'],
    ...['|', '*', '+', '?', '{2}', '{1,}', '\\*\\*\\*', '=', ' ', '\\Qa|b\\E', '\\x65', '(?i)', '\\pL', '[[:alpha:]]'],
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

  async function matching(
    text: Buffer,
    cuts: readonly number[],
    found: (line: string) => boolean,
    needs: readonly string[],
  ) {
    const chunks = [0, ...cuts].map((at, index) => chunk(text.subarray(at, cuts[index] ?? text.length)));
    let read = 0;
    const lines: string[] = [];
    for await (const batch of searchLines(from(chunks), createRedactor(['hunter22']), 'none', needs)) {
      read += batch.read;
      lines.push(...batch.lines.map((item) => item.text).filter(found));
    }
    return { read, lines };
  }

  it('finds the same whether or not it looks for needed words first', async () => {
    await fc.assert(
      fc.asyncProperty(
        pattern,
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(400), { maxLength: 3 }),
        async (typed, written, places) => {
          let filter: ReturnType<typeof compileFilter>;
          try {
            filter = compileFilter(typed, false);
          } catch {
            return fc.pre(false);
          }
          const text = Buffer.from(written.map((item) => `${item}\n`).join(''));
          const cuts = places.filter((at) => at < text.length).sort((a, b) => a - b);
          expect(await matching(text, cuts, filter, filter.needs)).toEqual(await matching(text, cuts, filter, []));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['needle|haystack', ['needle', 'haystack']],
    ['timeout|refus(ed|al)', ['timeout', 'refus']],
    ['status=5\\d\\d', ['status']],
    ['colou?r', ['colo']],
    ['ab+c{0}de', ['ab']],
    ['x{10}yz', ['yz']],
    ['error', ['error']],
    ['(error|fault)', []],
    ['error|', []],
    ['(?i)error', []],
    ['\\Qa|b\\E', []],
  ])('%s needs %j', (typed, needed) => {
    expect(neededWords(typed)).toEqual(needed);
  });
});
