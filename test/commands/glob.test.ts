import { expect, it } from 'vitest';
import { matchesPattern, matchesStars } from '../../src/domain/glob.ts';

it.each([
  ['shop', 'shop', true],
  ['shop', 'shop2', false],
  ['shop-*', 'shop-', true],
  ['*-shop', 'a-shop', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['a*bc*c', 'abc', false],
  ['*', '', true],
])('%s and %s: %s', (pattern, text, expected) => {
  expect(matchesStars(pattern, text)).toBe(expected);
});

it.each([
  ['corp/proj', 'corp/project-evil', false],
  ['harbor.corp/proj/**', 'harbor.corp/proj/a/b', true],
  ['harbor.corp/proj/*', 'harbor.corp/proj/a', true],
  ['harbor.corp/proj/*', 'harbor.corp/proj/a/b', false],
  ['harbor.corp/proj/**', 'harbor.corp/project-evil/a', false],
  ['harbor.corp/proj/**', 'harbor.corp.evil.io/proj/a', false],
  ['harbor.corp/**', 'harborxcorp/a', false],
  ['**', 'docker.io/library/nginx', true],
  ['corp/*', 'corp/a/b', false],
  ['corp/**', 'corp/a/b', true],
  ['corp/**', 'corp', false],
  ['corp/**/c', 'corp/a/b/c', true],
  ['/**', '/', false],
  ['/', '/', true],
])('the path %s and %s: %s', (pattern, path, expected) => {
  expect(matchesPattern(pattern, path)).toBe(expected);
});
