import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinWords, splitWords } from '../../src/commands/language/words.ts';
import { UserError } from '../../src/domain/errors.ts';

const texts = (line: string) => splitWords(line).map((word) => word.text);

describe('splitWords', () => {
  it.each([
    ['images  -a', ['images', '-a']],
    ['images —all', ['images', '--all']],
    ['images –a', ['images', '-a']],
    ['images ––digests', ['images', '--digests']],
    ['logs shop --grep “two words”', ['logs', 'shop', '--grep', 'two words']],
    ["say it's fine", ['say', "it's", 'fine']],
    ['say it’s fine', ['say', "it's", 'fine']],
    ['logs x --grep="a b"', ['logs', 'x', '--grep=a b']],
    ['a\u202eb\u200b', ['ab']],
    ['name—with—dashes', ['name—with—dashes']],
    ['$HOME `id` $(id)', ['$HOME', '`id`', '$(id)']],
    ...['\u3000', '\u202f', '\u2009', '\u00a0', '\u2028', '\u2003', '\u205f', '\u1680', '\t'].map(
      (space) => [`ps${space}-a${space}`, ['ps', '-a']] as [string, string[]],
    ),
    ['ps \u200b -a\ufeff', ['ps', '-a']],
    ['lock shop --reason 👩‍💻', ['lock', 'shop', '--reason', '👩‍💻']],
    ['lock shop --reason "👩‍💻 👨‍👩‍👧 🇩🇪 👋🏽 ❤️"', ['lock', 'shop', '--reason', '👩‍💻 👨‍👩‍👧 🇩🇪 👋🏽 ❤️']],
    ['deploy shop -e A=x\u200by👩‍💻\ufeff', ['deploy', 'shop', '-e', 'A=x\u200by👩‍💻\ufeff']],
    ['deploy shop -e "A=\u202ex“y”\u00a0—z\u200b"', ['deploy', 'shop', '-e', 'A=\u202ex“y”\u00a0—z\u200b']],
    ['deploy shop --env="A=\u200bx’y"', ['deploy', 'shop', '--env=A=\u200bx’y']],
    ['lock shop --reason "a\u200bb\u202ec“d”"', ['lock', 'shop', '--reason', 'a\u200bbc“d”']],
    ['lock shop --reason “it’s "now"”', ['lock', 'shop', '--reason', 'it’s "now"']],
    ['lock shop --reason ‘it’s now’', ['lock', 'shop', '--reason', 'it’s now']],
    ['lock shop --reason “two words"', ['lock', 'shop', '--reason', 'two words']],
    ['deploy shop —force ‑n ‐‐plan', ['deploy', 'shop', '--force', '-n', '--plan']],
    ['می\u200cخواهم', ['می\u200cخواهم']],
  ])('reads %j', (line, words) => {
    expect(texts(line)).toEqual(words);
  });

  it('says where a quote was opened that is never closed', () => {
    expect(() => splitWords('logs shop --grep "oops')).toThrow('The " at character 18 is never closed.');
  });

  it.each(['a\nb', 'a\r\nGET / HTTP/1.1', 'a\u0000b'])('refuses control characters: %j', (line) => {
    expect(() => splitWords(line)).toThrow(UserError);
  });

  it('reads back what joinWords wrote, whatever the words are', () => {
    const word = fc
      .string({ maxLength: 40 })
      .filter((text) => !/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        expect(texts(joinWords(words))).toEqual(words);
      }),
      { numRuns: 2000 },
    );
  });

  it('either gives words or one clear line, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.string({ unit: fc.constantFrom('"', "'", '—', '“', '\\', ' ', '=', 'a', '<', '!'), maxLength: 200 }),
        ),
        (line) => {
          try {
            expect(splitWords(line).filter((word) => /[\u0000-\u001f]/u.test(word.text))).toEqual([]);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            expect((error as UserError).message).not.toContain('\n');
          }
        },
      ),
      { numRuns: 1000 },
    );
  }, 60_000);
});

it('reads an option back with its value as it was', () => {
  for (const line of ['deploy shop -e="A=x y“z”" --grep="two words" -e A=👩‍💻', 'logs shop --grep=ä']) {
    const words = splitWords(line);
    expect(splitWords(joinWords(words)).map(({ text, quoted }) => [text, quoted])).toEqual(
      words.map(({ text, quoted }) => [text, quoted || (/[^ -~]/u.test(text) && !text.startsWith('-'))]),
    );
  }
});
