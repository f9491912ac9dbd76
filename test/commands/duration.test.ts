import { describe, expect, it } from 'vitest';
import { Duration, Moment, momentAt, parseDuration, sayAge, sayDuration } from '../../src/domain/duration.ts';

describe('a duration', () => {
  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['2w', 1_209_600_000],
    ['0s', 0],
    ['', undefined],
    ['10', undefined],
    ['-5m', undefined],
    ['5m ', undefined],
    ['99999999999999999999w', undefined],
    ['1s'.repeat(30), undefined],
  ])('%j is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it('typed or in the config is longer than nothing', () => {
    expect(Duration.parse('10m')).toBe(600_000);
    expect(Duration.safeParse('0s').error?.issues[0]?.message).toContain('is a duration such as');
  });

  it.each([
    [0, '1 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 days'],
  ])('of %i ms is said as %s', (ms, words) => {
    expect(sayDuration(ms)).toBe(words);
  });
});

describe('a moment', () => {
  it.each([
    ['10m', 400_000],
    ['1800000000', 1_800_000_000_000],
    ['2026-03-01', Date.UTC(2026, 2, 1)],
    ['2026-03-01T04:00:00Z', Date.UTC(2026, 2, 1, 4)],
    ['2026-03-01T04:00:00+02:00', Date.UTC(2026, 2, 1, 2)],
  ])('%s is understood', (text, at) => {
    expect(momentAt(Moment.parse(text), 1_000_000)).toBe(at);
  });

  it.each(['yesterday', '2026-13-45', '12', ''])('%j is not', (text) => {
    expect(Moment.safeParse(text).success).toBe(false);
  });
});

it.each([
  [-5, 'Less than a second ago'],
  [1, '1 second ago'],
  [59, '59 seconds ago'],
  [60, 'About a minute ago'],
  [120, '2 minutes ago'],
  [3600, 'About an hour ago'],
  [7200, '2 hours ago'],
  [172_800, '2 days ago'],
  [1_209_600, '2 weeks ago'],
  [5_184_000, '2 months ago'],
  [63_072_000, '2 years ago'],
])("%i seconds are %s in docker's words", (seconds, words) => {
  expect(sayAge(seconds * 1000)).toBe(words);
});
