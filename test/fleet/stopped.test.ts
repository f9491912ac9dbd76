import { expect, it } from 'vitest';
import { openDesk } from '../handlers/desk.ts';
import { digestOf, runShop, shopConfig, shopOn } from './shop.ts';
import { hostName, startStandIns } from './stand-in.ts';

it('a version that was stopped before a deploy is not said to run after its rollback', async () => {
  await using fleet = await startStandIns(1, { latencyMs: () => 1, containers: 0 });
  const [{ state } = expect.fail('no host')] = fleet.all;
  runShop(state, '1.0.0');
  for (const container of state.containers.values()) container.status = 'exited';
  state.crashing.add(digestOf('2.0.0'));
  await using desk = await openDesk(fleet.sockets, ['deploy'], shopConfig(['100%']));

  const question = await desk.ask('/deploy shop 2.0.0');
  desk.runner.start();
  const { [hostName(0)]: verdict } = await desk.ended(question);

  expect(shopOn(state)).toBeUndefined();
  expect(verdict?.why).toContain('1.0.0 did not run before, and does not run now.');
}, 30_000);
