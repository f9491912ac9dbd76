import { expect, it } from 'vitest';
import type { LockResult } from '../../src/handlers/locks/lock.ts';
import { openDesk, resultOf } from './desk.ts';

const HOURS = 3_600_000;
const desk = () =>
  openDesk({ one: '/nowhere/1.sock', two: '/nowhere/2.sock' }, ['lock', 'unlock', 'ask', 'deploy', 'rollback'], {
    services: { shop: { image: 'localhost:5000/shop', hosts: 'all' } },
  });
const refused = (text: string | RegExp) => ({ kind: 'refused', text: expect.stringMatching(text) });

it('the card of a lock lengthens that lock by as much as it says, and at most to seven days from now', async () => {
  await using it = await desk();
  const { lock } = resultOf<LockResult>(await it.say('/dock lock shop for 5h'));
  const extend = async (hours: number) =>
    resultOf<LockResult>(await it.say(`/dock lock shop --for ${hours}h --of ${lock.token}`)).lock.until;

  expect(await extend(2)).toBe(lock.until + 2 * HOURS);
  const longest = await extend(167);
  expect(longest).toBeLessThanOrEqual(Date.now() + 168 * HOURS);
  expect(longest).toBeGreaterThan(lock.until + 160 * HOURS);
});

it('the card of a lock that was taken over does nothing to the next one', async () => {
  await using it = await desk();
  const { lock } = resultOf<LockResult>(await it.say('/dock lock shop for 2h', 'U0OPS1'));
  const next = resultOf<LockResult>(await it.say('/dock lock shop for 1h --take --reason hotfix')).lock;

  const over = refused(/^The lock of that card is over. You hold another one on `shop`, until [\d-]+ [\d:]+ UTC\.$/u);
  expect(await it.say(`/dock unlock shop --of ${lock.token}`)).toMatchObject(over);
  expect(await it.say(`/dock lock shop --for 2h --of ${lock.token}`)).toMatchObject(over);
  expect(await it.say(`/dock unlock shop --of ${lock.token}`, 'U0OPS1')).toMatchObject({
    kind: 'refused',
    reason: 'not_permitted',
    text: expect.arrayContaining([{ person: 'U0DEV1' }]),
    hint: expect.arrayContaining([{ command: 'lock shop --take --reason …' }]),
    choices: [{ label: 'Wait in line' }, { label: 'Ask the holder' }],
  });
  expect(await it.store.locks.list(Date.now())).toEqual([next]);
});

it('a misspelt service is not one that is free, nor one whose host is to be said', async () => {
  await using it = await desk();
  const none = refused(/^There is no service `shpo` in the config. Did you mean `shop`\?$/u);
  expect(await it.say('/dock unlock shpo')).toMatchObject(none);
  expect(await it.say('/dock ask shpo')).toMatchObject(none);
  for (const line of ['/deploy shpo 1.5.0', '/rollback shpo'])
    expect(await it.say(line)).toMatchObject({
      ...refused(/^There is no service `shpo` in the config\. Not known: one and two did not answer\.$/u),
      reason: 'not_found',
      hint: 'Did you mean `shop`?',
      choices: [{ label: 'shop', line: line.slice(1).replace('shpo', 'shop') }],
    });
  expect(await it.say('/dock unlock shop')).toMatchObject(refused('`shop` is not locked.'));
});
