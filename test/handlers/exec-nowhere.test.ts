import { expect, it } from 'vitest';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { CHANNEL, openDesk } from './desk.ts';

const shop = json([{ Id: ID, Names: ['/shop'], Created: 0, State: 'running' }]);

/** The same container on two hosts, of which one lets `id` run in it. */
async function two() {
  const [one, other] = [
    await fakeEngine({ 'GET /containers/json': shop }),
    await fakeEngine({ 'GET /containers/json': shop }),
  ];
  const rules = (commands: readonly string[]) => ({ commands: ['exec'], exec: [{ commands }] });
  const desk = await openDesk({ one: one.socketPath, other: other.socketPath }, [], {
    roles: { all: rules(['ls ...']), more: rules(['id']) },
    channels: {
      [CHANNEL]: {
        grants: [
          { role: 'all', hosts: 'all' },
          { role: 'more', hosts: 'other' },
        ],
      },
    },
  });
  return {
    desk,
    async [Symbol.asyncDispose]() {
      for (const thing of [desk, one, other]) await thing[Symbol.asyncDispose]();
    },
  };
}

it('a command that may run on no host is refused before a host is asked for', async () => {
  await using it = await two();
  expect(await it.desk.say('/exec shop rm -rf /data')).toMatchObject({
    kind: 'refused',
    reason: 'not_permitted',
    text: 'You may not run `rm -rf /data` in `shop`.',
    hint: 'Allowed there: `ls ...`, `id`.',
    choices: [],
  });
});

it('one that may run but for its quotes is told to leave them out', async () => {
  await using it = await two();
  expect(await it.desk.say('/exec shop "ls -la"')).toMatchObject({
    kind: 'refused',
    reason: 'not_permitted',
    hint: expect.stringContaining('`ls -la`'),
  });
  expect(await it.desk.say('/exec shop "rm -rf /data"')).toMatchObject({ hint: 'Allowed there: `ls ...`, `id`.' });
});

it('one that may run on a host asks which', async () => {
  await using it = await two();
  const choices = [{ label: 'one' }, { label: 'other' }];
  expect(await it.desk.say('/exec shop id')).toMatchObject({ kind: 'refused', reason: 'ambiguous', choices });
});
