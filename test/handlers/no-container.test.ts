import { expect, it } from 'vitest';
import { noContainers } from '../../src/handlers/containers/find-container.ts';

it.each([
  ['shpo', 'shop'],
  ['demo', 'demo-web-1'],
  ['Web', 'demo-web-1'],
])('a container called %s, which is not there, may have been %s', (typed, near) => {
  expect(noContainers([typed], { hosts: ['web-1'], names: ['shop', 'demo-web-1'], failures: [] }).hint).toContain(
    `\`${near}\``,
  );
});

it('a name that is like none is answered with where to look', () => {
  expect(noContainers(['x'], { hosts: ['web-1'], names: ['x-ray', 'shop'], failures: [] }).hint).toContainEqual({
    command: 'ps -a',
  });
});
