import { expect, it } from 'vitest';
import { isVariant } from '../../src/domain/version.ts';

it.each([
  '1.27.0-alpine',
  'v1.27.0-alpine3.20',
  '1.27.0-slim-bookworm',
  '3.13.7-management-alpine',
  '8.3.0-fpm',
  '1.0.0-amd64',
])('%s is a variant of its version', (tag) => {
  expect(isVariant(tag)).toBe(true);
});

it.each([
  '1.1.0-alpha',
  'v1.1.0-alpha.1',
  '1.1.0-beta2',
  '1.1.0-rc.1',
  '1.1.0-RC1',
  '1.1.0-dev',
  '1.1.0-SNAPSHOT',
  '1.1.0-20260102',
  '1.1.0-m.3',
  '1.1.0',
  'latest',
  '1.27-alpine',
  'alpine',
])('%s is none', (tag) => {
  expect(isVariant(tag)).toBe(false);
});
