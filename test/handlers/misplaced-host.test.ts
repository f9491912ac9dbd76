import { expect, it } from 'vitest';
import { CHANNEL, openDesk } from './desk.ts';

const desk = () =>
  openDesk({ one: '/nowhere/1.sock', two: '/nowhere/2.sock' }, ['deploy', 'rollback', 'exec'], {
    services: { shop: { image: 'localhost:5000/shop', hosts: 'all' } },
  });

it.for([
  ['/deploy one 1.5.0 --reason why', 'deploy --on one shop 1.5.0 --reason why'],
  ['/rollback two', 'rollback --on two shop'],
])('%s names a host for a service: a button has the right line', async ([typed = '', line]) => {
  await using it = await desk();
  expect(await it.say(typed)).toMatchObject({
    kind: 'refused',
    reason: 'host_needed',
    text: expect.stringMatching(/^`(?:one|two)` is a host, not a service\.$/u),
    hint: expect.arrayContaining([
      { command: `${typed.slice(1).replace(/one|two/u, 'shop')} @${/one|two/u.exec(typed)}` },
    ]),
    choices: [{ label: 'shop', line }],
  });
});

it('a service with the name of a host is a service', async () => {
  await using it = await openDesk({ one: '/nowhere/1.sock', two: '/nowhere/2.sock' }, ['deploy'], {
    services: { one: { image: 'localhost:5000/shop', hosts: 'all' } },
    channels: {
      [CHANNEL]: { grants: [{ role: 'operator', hosts: 'one' }] },
    },
  });
  expect(await it.say('/deploy one 1.5.0')).toMatchObject({
    kind: 'refused',
    reason: 'host_needed',
    text: '`deploy` for `one` is granted here on only one of its hosts.',
  });
});

it('a host behind the command of /exec is no argument: a button has the right line', async () => {
  await using it = await desk();
  expect(await it.say('/exec shop ls "a b" @Two')).toMatchObject({
    kind: 'refused',
    reason: 'bad_input',
    choices: [{ label: 'two', line: 'exec --on two shop ls "a b"' }],
  });
});
