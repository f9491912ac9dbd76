import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfTag, nextVersions } from '../../src/domain/release.ts';

const next = (tag: string | undefined, taken: readonly string[] = []) =>
  Object.fromEntries(nextVersions(tag, taken).map(({ bump, tag: one }) => [bump, one]));

it.each([
  ['1.4.2', 'release'],
  ['v1.0.0', 'release'],
  ['1.4.2_build.7', 'release'],
  ['2026.01.05', 'release'],
  ['1.1.0-alpha', 'prerelease'],
  ['v1.1.0-rc.1', 'prerelease'],
  ['1.27-alpine', 'moving'],
  ['1.4', 'moving'],
  ['1', 'moving'],
  ['latest', 'moving'],
  ['sha-abc123', 'moving'],
  ['2024-01-02', 'moving'],
  ['1.2.3.4', 'moving'],
])('%s is a %s', (tag, kind) => {
  expect(kindOfTag(tag)).toBe(kind);
});

describe('the next versions', () => {
  it('are none of a date', () => {
    expect(next('2026.01.05', ['2026.01.05'])).toEqual(next('nightly'));
  });

  it.each([
    ['1.4.2', [], { patch: '1.4.3', minor: '1.5.0', major: '2.0.0' }],
    ['v1.0.0', ['v1.0.0'], { patch: 'v1.0.1', minor: 'v1.1.0', major: 'v2.0.0' }],
    // What is taken is stepped over, in its own line.
    ['1.4.2', ['1.4.3', '1.4.9', '1.5.0', '2.3.1'], { patch: '1.4.10', minor: '1.6.0', major: '3.0.0' }],
    ['1.4.2', ['1.5.0-rc.1', '2.0.0-beta'], { patch: '1.4.3', minor: '1.5.0', major: '2.0.0' }],
    // A pre-release leads to its release.
    ['1.1.0-alpha', ['1.0.0'], { patch: '1.1.0', major: '2.0.0' }],
    ['latest', ['latest', '1.0.9', '1.2.0'], { patch: '1.2.1', minor: '1.3.0', major: '2.0.0' }],
    ['main', [], { patch: '0.0.1', minor: '0.1.0', major: '1.0.0' }],
    [undefined, ['v2.0.0'], { patch: 'v2.0.1', minor: 'v2.1.0', major: 'v3.0.0' }],
  ])('of %s beside %j', (tag, taken, expected) => {
    expect(next(tag, taken)).toEqual(expected);
  });

  it('are releases, new, and beyond the tag they are for', () => {
    const number = fc.integer({ min: 0, max: 4 });
    const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, fc.array(version), (tag, taken) => {
        const offered = nextVersions(tag, taken).map((one) => one.tag);
        expect(offered.every((one) => kindOfTag(one) === 'release' && !taken.includes(one) && one !== tag)).toBe(true);
      }),
    );
  });
});
