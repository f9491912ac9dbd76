import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import {
  asText,
  commandLine,
  cutPhrase,
  isPhrase,
  joinPhrases,
  mention,
  mentionChannel,
  type Part,
  type Phrase,
  partsOf,
  phrase,
  redactPhrase,
} from '../../src/domain/phrase.ts';

const anyPart = (): fc.Arbitrary<Part> =>
  fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map(mention),
    fc.string().map(mentionChannel),
    fc.string().map(commandLine),
  );
const anyPhrase = (): fc.Arbitrary<Phrase> =>
  fc.oneof(
    fc.string(),
    fc.array(anyPart()).map((parts) => joinPhrases(parts, '')),
  );

it('a template keeps its parts as data, and joins the texts between them', () => {
  const by = phrase` by ${mention('U0OPS1')}`;

  expect(phrase`Already ${'reject'}ed${by}. ${commandLine('approvals')} lists ${3}.`).toEqual([
    'Already rejected by ',
    { person: 'U0OPS1' },
    '. ',
    { command: 'approvals' },
    ' lists 3.',
  ]);
});

it('without parts a phrase is a plain string, as it has always been stored', () => {
  expect(phrase`Nothing ${'was'} changed${''}.`).toBe('Nothing was changed.');
  expect(phrase``).toBe('');
  expect(joinPhrases(['a', 'b'], ', ')).toBe('a, b');
  expect(joinPhrases([])).toBe('');
});

it('the text of a phrase is what a terminal or a log shows', () => {
  const said = phrase`${mention('U0DEV1')} in ${mentionChannel('C0PROD')}: ${commandLine('ask shop')} asks.`;

  expect(asText(said)).toBe('@U0DEV1 in #C0PROD: /dock ask shop asks.');
  expect(asText(said, 'd-')).toBe('@U0DEV1 in #C0PROD: /d-dock ask shop asks.');
  expect(asText('as it is')).toBe('as it is');
});

it('an error has its phrase, and its text as the message', () => {
  const error = new UserError(
    'locked',
    phrase`shop is locked by ${mention('U0OPS1')}.`,
    phrase`${commandLine('locks')}`,
  );

  expect(error.message).toBe('shop is locked by @U0OPS1.');
  expect(error.phrase).toEqual(['shop is locked by ', { person: 'U0OPS1' }, '.']);
  expect(error.hint).toEqual([{ command: 'locks' }]);
});

it('survives JSON, and text in it is never taken for a part', () => {
  fc.assert(
    fc.property(fc.array(anyPart()), (parts) => {
      const said = joinPhrases(parts, '');
      expect(JSON.parse(JSON.stringify(said))).toEqual(said);
      const others = (all: readonly Part[]) => all.filter((part) => typeof part !== 'string');
      expect(others(partsOf(said))).toEqual(others(parts));
      expect(asText(said)).toBe(parts.map((part) => asText([part])).join(''));
      expect(isPhrase(said)).toBe(others(parts).length > 0);
    }),
  );
});

it('what is no phrase is not taken for one', () => {
  for (const value of ['text', ['a', 'b'], [], [{ person: 'U1', factor: 'totp' }], [{ person: 1 }], [null], [{}]])
    expect(isPhrase(value), JSON.stringify(value)).toBe(false);
});

it('a cut is as long as is asked at most, and no part but text is cut', () => {
  fc.assert(
    fc.property(anyPhrase(), fc.integer({ min: 1, max: 60 }), (said, most) => {
      const shown = cutPhrase(said, most);
      expect(asText(shown).length).toBeLessThanOrEqual(most);
      if (asText(said).length <= most) expect(shown).toEqual(said);
      else expect(asText(shown)).toMatch(/…$/u);
      for (const part of partsOf(shown)) if (typeof part !== 'string') expect(partsOf(said)).toContainEqual(part);
    }),
  );
});

it('secrets are masked in texts and commands, and everything else stays', () => {
  const redact = (text: string) => text.replaceAll('hunter22', '***');
  const said = phrase`${mention('U0DEV1')} said hunter22: ${commandLine('deploy shop hunter22')}`;

  expect(redactPhrase(said, redact)).toEqual([{ person: 'U0DEV1' }, ' said ***: ', { command: 'deploy shop ***' }]);
  expect(redactPhrase('hunter22', redact)).toBe('***');
});
