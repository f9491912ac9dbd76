import { expect, it } from 'vitest';
import { nearImage } from '../../src/handlers/images/near-image.ts';

const NAMES = ['127.0.0.1:5000/demo/shop:1.5.0', '127.0.0.1:5000/demo/shop:1.4.0', 'worker:2.0'];

it.each([
  ['Shop:1.4', 'shop:1.4.0'],
  ['shop:1.4', 'shop:1.4.0'],
  ['demo/shop:1.4.1', 'demo/shop:1.4.0'],
  ['shop:latest', 'shop'],
  ['shpo', 'shop'],
  ['wroker:2.0', 'worker'],
  ['shop*', undefined],
  ['payments', undefined],
])('where no image matches %s, %s may be meant', (typed, meant) => {
  expect(nearImage(typed, NAMES)).toBe(meant);
});
