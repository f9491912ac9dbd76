import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import { canonical, familiar, parseReference } from '../../src/domain/reference.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

describe('parseReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['bitnami/redis', 'docker.io/bitnami/redis'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['localhost/x', 'localhost/x'],
    ['localhost:5000/x', 'localhost:5000/x'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['harbor.corp.io/proj/sub/app:2.1', 'harbor.corp.io/proj/sub/app:2.1'],
    ['[::1]:5000/app', '[::1]:5000/app'],
    ['Corp/app', 'Corp/app'],
    [`a/b@${DIGEST}`, `docker.io/a/b@${DIGEST}`],
    [`a/b:1@${DIGEST}`, `docker.io/a/b:1@${DIGEST}`],
    ['a__b/c-_d', undefined],
    ['a__b/c--d', 'docker.io/a__b/c--d'],
  ])('reads %s', (typed, whole) => {
    if (whole === undefined) expect(() => parseReference(typed)).toThrow(UserError);
    else expect(canonical(parseReference(typed))).toBe(whole);
  });

  it.each([
    '',
    ':',
    'a:',
    'a:b:c',
    '/a',
    'a/',
    'a//b',
    'a/../b',
    '../containers/victim',
    'a?x=1',
    'a b',
    'a\r\nb',
    'UPPER',
    'a@sha256:12',
    'ab'.repeat(32),
    `a:${'t'.repeat(129)}`,
    'a'.repeat(20_000),
    'https://a/b',
    '<!channel>',
    '😀',
  ])('refuses %j', (typed) => {
    expect(() => parseReference(typed)).toThrow(UserError);
  });

  it('lets nothing through that could change an engine path', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '.', '/', ':', '@', '-', '_', '?', '#', '%', '\\', ' ', 'A', '0'),
          maxLength: 30,
        }),
        (typed) => {
          try {
            const whole = canonical(parseReference(typed));
            expect(whole).not.toMatch(/\/\/|(?:^|\/)\.\.?(?:\/|$)|[?#%\\\s]/u);
            expect(canonical(parseReference(whole))).toBe(whole);
            expect(canonical(parseReference(familiar(parseReference(typed))))).toBe(whole);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
