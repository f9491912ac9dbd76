import { expect, it } from 'vitest';
import { openDesk } from './desk.ts';

const HOSTS = { one: '/nowhere/1.sock', two: '/nowhere/2.sock' };
const desk = () =>
  openDesk(HOSTS, [], {
    images: { allow: ['localhost:5000/**'] },
    roles: { operator: { commands: ['pull', 'rollback', 'run'] } },
    services: { shop: { image: 'localhost:5000/demo/shop', hosts: 'all' } },
  });

it.for([
  ['/pull nginx:1', 'image_not_allowed', '`nginx:1` is not on the list'],
  ['/run --rm nginx:1 ls', 'image_not_allowed', '`nginx:1` is not on the list'],
  ['/run --rm Nginx/ ls', 'bad_input', 'is not an image reference'],
])('%s is refused before anybody is asked for a host', async ([line = '', reason, says]) => {
  await using it = await desk();
  const answer = await it.say(line);
  expect(answer).toMatchObject({ kind: 'refused', reason, text: expect.stringContaining(says ?? '') });
});

it('an image that is called by its service is corrected before a host is asked for', async () => {
  await using it = await desk();
  expect(await it.say('/pull shop:1')).toMatchObject({
    reason: 'image_not_allowed',
    choices: [{ line: 'pull localhost:5000/demo/shop:1' }],
  });
});

it('all hosts are no choice for a container that runs on one', async () => {
  await using it = await desk();
  expect(await it.say('/run --rm localhost:5000/demo/shop:1')).toMatchObject({
    reason: 'host_needed',
    hint: 'Add `@host` or `--on`: `one`, `two`.',
    choices: [{ label: 'one' }, { label: 'two' }],
  });
  expect(await it.say('/pull localhost:5000/demo/shop:1')).toMatchObject({ choices: [{ label: 'all' }, {}, {}] });
});

it('a version that is neither on record nor in the registry is not offered for a deploy', async () => {
  await using it = await desk();
  const answer = await it.say('/rollback shop v1.3.0');
  expect(answer).toMatchObject({ kind: 'refused', reason: 'not_found' });
  expect(JSON.stringify(answer)).not.toContain('deploy shop v1.3.0');
  expect(JSON.stringify(answer)).toContain('tags shop');
});
