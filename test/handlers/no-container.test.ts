import { expect, it } from 'vitest';
import { noContainer } from '../../src/handlers/containers/find-container.ts';

it.each([
  ['shpo', 'shop'],
  ['demo', 'demo-web-1'],
  ['Web', 'demo-web-1'],
])('a container called %s, which is not there, may have been %s', (typed, near) => {
  expect(noContainer(typed, ['web-1'], ['shop', 'demo-web-1'], []).hint).toContain(`\`${near}\``);
});

it('a name that is like none is answered with where to look', () => {
  expect(noContainer('x', ['web-1'], ['x-ray', 'shop'], []).hint).toContainEqual({ command: 'ps -a' });
});
