import { expect, it } from 'vitest';
import type { ActedResult, AskedResult } from '../../../src/handlers/lifecycle/types.ts';
import { CHANNEL, openDesk, PERSON, resultOf } from '../desk.ts';
import { type Body, createWorld } from './world.ts';

const ONCALL = 'U0OPS1';
const body: Body = {
  id: 'ab'.repeat(32),
  name: 'shop',
  state: 'running',
  image: 'shop:1',
  joins: undefined,
  autoRemove: false,
  volumes: [],
  policy: 'no',
  pids: 0,
};
const RULED = {
  groups: { oncall: { people: [ONCALL, 'U0OPS2'] } },
  approvals: [{ commands: ['stop'], hosts: 'all', from: ['oncall'] }],
};

async function opened(more: object) {
  const world = await createWorld([{ ...body }]);
  const desk = await openDesk({ one: world.socketPath }, ['stop', 'rm', 'kill'], more);
  return {
    desk,
    world,
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

it('a stop that is requested already is not requested again, by anybody', async () => {
  await using it = await opened(RULED);
  const { id, hash } = resultOf<AskedResult>(await it.desk.say('/dock stop shop'));
  const card = hash.slice(0, 8);

  expect(await it.desk.say('/dock stop shop')).toMatchObject({
    reason: 'conflict',
    text: `You already requested this stop of shop: plan \`${card}\`. It is waiting for approval.`,
    choices: [],
  });
  expect(await it.desk.say('/dock stop shop', ONCALL)).toMatchObject({
    reason: 'conflict',
    text: [
      { person: PERSON },
      ` already requested this stop of shop: plan \`${card}\`, in `,
      { channel: CHANNEL },
      '.',
    ],
    choices: [{ label: 'Approve', line: `dock approve ${id}` }],
  });
  // Another act, and the same one with other options, are other requests.
  resultOf<AskedResult>(await it.desk.say('/dock stop -t 5 shop'));
  expect(await it.desk.store.approvals.pending({ now: Date.now() })).toHaveLength(2);

  resultOf(await it.desk.say(`/dock reject ${card}`));
  resultOf<AskedResult>(await it.desk.say('/dock stop shop'));
});

it('what its requester may confirm is confirmed as the answer says', async () => {
  await using it = await opened({});
  const { hash } = resultOf<AskedResult>(await it.desk.say('/dock rm -f shop'));

  expect(await it.desk.say('/dock rm -f shop')).toMatchObject({
    reason: 'conflict',
    text: expect.stringContaining('You already requested this removal of shop'),
    hint: expect.arrayContaining([{ command: `approve ${hash.slice(0, 8)}` }]),
    choices: [],
  });
  resultOf<ActedResult>(await it.desk.say(`/dock approve ${hash.slice(0, 8)}`));
  expect(it.world.bodies.size).toBe(0);
});
