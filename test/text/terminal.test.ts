import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRedactor } from '../../src/policy/redact.ts';
import { shownLine, terminalLine, withoutStyles } from '../../src/text/terminal.ts';
import { processorTime } from '../processor-time.ts';

it.each([
  ['a\rbb\rccc', 'ccc'],
  ['12345\rab', 'ab345'],
  ['abc\r', 'abc'],
  ['abc\r\r', 'abc'],
  ['downloading 100%\r\u001b[Kdone', 'done'],
  ['downloading 100%\r\u001b[2Kdone', 'done'],
  ['12345\u001b[3D\u001b[K!', '12!'],
  ['12345\u001b[2G\u001b[1Kx', ' x345'],
  ['ab\bc', 'ac'],
  ['\b\babc', 'abc'],
  ['\u001b[31mERROR\u001b[0m here', 'ERROR here'],
  ['\u001b]0;title\u0007text', 'text'],
  ['\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b[4Gx', '   x'],
  ['日本語\rab', 'ab本語'],
  ['日本語\ra', 'a 本語'],
  ['xx\r👩‍💻', '👩‍💻'],
  ['e\u0301f\rg', 'gf'],
  ['[=>   ] 10%\r[==>  ] 50%\r[====>] 100%', '[====>] 100%'],
  ['no tricks\tat all', 'no tricks\tat all'],
])('%j is seen as %j', (line, seen) => {
  expect(terminalLine(line)).toBe(seen);
});

it('shows the last of what was written over, whatever the widths', () => {
  const words = fc.stringMatching(/^[a-z]{0,12}$/u);
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 6 }), (parts) => {
      const want = parts.reduce((under, over) => over + under.slice(over.length), '');
      expect(terminalLine(parts.join('\r'))).toBe(want);
    }),
  );
});

it.each([
  ['xxxretvalue-12345\rsec', 'put together from parts'],
  ['secretvalue-12345\r***', 'left by half'],
  ['sec\u001b[0mretvalue-12345', 'torn by a colour'],
  ['secretvalue-12345\b\b\b\b\b***', 'gone back into'],
  ['sec\u001b[Kretvalue-12345\r****', 'torn by an erasure and written over'],
])('a secret is not seen: %j, %s', (line) => {
  const seen = shownLine(line, createRedactor(['secretvalue-12345']));
  expect(seen).not.toMatch(/value|retva|12345/u);
});

it('leaves what moves the cursor when only colours go', () => {
  expect(withoutStyles('\u001b[1mab\u001b[0m\r\u001b[Kc')).toBe('ab\r\u001b[Kc');
});

it('is linear on hostile lines', () => {
  const hostile = ['\u001b[512Gx\u001b[2K', '\u001b[1K', 'a\r', '\u001b]', '\u001b[', 'ab\b', '\u001b[999999C', '🚢\r'];
  for (const part of hostile) {
    const line = `${'y'.repeat(16_000)}${part.repeat(Math.ceil(16_000 / part.length))}`;
    const began = processorTime();
    terminalLine(line);
    expect(processorTime() - began, part).toBeLessThan(100);
  }
});
