import { expect, it } from 'vitest';
import { CHANNEL, openDesk, PERSON } from './desk.ts';

const ID = '01J9ZZZZZZZZZZZZZZZZZZZZZZ';

/** A person who may ask for grants on a host, and holds one or none. */
async function desk(holdsOne: boolean) {
  const it = await openDesk({ 'web-1': '/nowhere/engine.sock' }, ['grant']);
  const at = Date.now();
  if (holdsOne)
    await it.store.execGrants.begin({
      id: ID,
      person: PERSON,
      channel: CHANNEL,
      host: 'web-1',
      container: 'shop',
      allowed: ['echo *'],
      reason: 'orders are stuck',
      approvedBy: 'U0OPS1',
      beginsAt: at - 1000,
      until: at + 600_000,
    });
  return it;
}

it.each(['grant end', 'grant end shop', 'grant end 01J9NOTHING'])(
  '/dock %s offers the grants there are',
  async (line) => {
    await using it = await desk(true);

    expect(await it.say(`/dock ${line}`)).toMatchObject({
      kind: 'refused',
      reason: 'not_found',
      choices: [{ label: 'End shop on web-1', line: `grant end ${ID}` }],
    });
    expect(await it.say(`/dock grant end ${ID}`)).toMatchObject({ kind: 'result', result: { kind: 'grant-ended' } });
  },
);

it('/dock grant end where there is none says so', async () => {
  await using it = await desk(false);
  expect(await it.say('/dock grant end')).toMatchObject({ kind: 'refused', reason: 'not_found', choices: [] });
});

it('/dock grant exec without a container says what is missing', async () => {
  await using it = await desk(false);
  expect(await it.say('/dock grant exec --reason x')).toMatchObject({
    kind: 'refused',
    reason: 'bad_input',
    field: 'target',
  });
});
