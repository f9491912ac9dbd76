import { expect, it } from 'vitest';
import { matchesReference } from '../../src/handlers/match.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;

it.each([
  ['shop', 'shop:1.4.0'],
  ['shop', 'demo/shop:1.4.0'],
  ['shop', '127.0.0.1:5000/demo/shop:1.4.0'],
  ['demo/shop', 'harbor.example.com/demo/shop:1.4.0'],
  ['shop:1.4.0', 'harbor.example.com/demo/shop:1.4.0'],
  ['shop:1.*', 'demo/shop:1.4.0'],
  ['sh*', 'demo/shop:1.4.0'],
  ['Shop', 'demo/shop:1.4.0'],
  ['Demo/Shop:RC1', 'demo/shop:RC1'],
  ['shop', `demo/shop@${DIGEST}`],
  ['docker.io/library/nginx', 'nginx:1.27'],
  ['docker.io/demo/shop', 'demo/shop:1'],
])('`/images %s` means %s', (typed, name) => {
  expect(matchesReference(typed, name)).toBe(true);
});

it.each([
  ['shop', 'demo/workshop:1'],
  ['shop', 'shop/worker:1'],
  ['shop:1.4', 'demo/shop:1.4.0'],
  ['shop:rc1', 'demo/shop:RC1'],
  ['emo/shop', 'demo/shop:1'],
  ['docker.io/library/nginx', 'bitnami/nginx:1'],
  ['docker.io/demo/shop', 'harbor.example.com/demo/shop:1'],
  ['demo/shop', 'demo/other/shop:1'],
])('`/images %s` does not mean %s', (typed, name) => {
  expect(matchesReference(typed, name)).toBe(false);
});
