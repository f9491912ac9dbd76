import { expect, it } from 'vitest';
import type { CardVerdict, DeployPlan } from '../../src/handlers/deploy/planning/types.ts';
import type { CardResult } from '../../src/handlers/deploy/put.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { digestOf, runShop, shopConfig, shopOn } from './shop.ts';
import { hostName, startStandIns } from './stand-in.ts';

const HOSTS = 130;
const FAILING = [20, 21, 22];
/** Hosts in the first wave. */
const FIRST = 4;

it('a wave larger than what is changed at once starts no other host once one of it has failed', async () => {
  await using fleet = await startStandIns(HOSTS, { latencyMs: () => 1, containers: 0 });
  for (const { state } of fleet.all) runShop(state, '1.0.0');
  for (const index of FAILING) fleet.all[index]?.state.crashing.add(digestOf('2.0.0'));
  await using desk = await openDesk(fleet.sockets, ['deploy'], shopConfig([FIRST, '100%']));

  const question = await desk.ask('/deploy shop 2.0.0');
  desk.runner.start();
  const verdicts = await desk.ended(question);

  const hostsWith = (wanted: CardVerdict['verdict']) =>
    Object.keys(verdicts)
      .filter((host) => verdicts[host]?.verdict === wanted)
      .toSorted();
  expect(hostsWith('rolled_back')).toEqual(FAILING.map(hostName));
  const skipped = hostsWith('skipped');
  expect(skipped.length).toBeGreaterThan(0);
  expect(hostsWith('deployed')).toHaveLength(HOSTS - FAILING.length - skipped.length);
  // What the verdicts say is what runs.
  for (const { name, state } of fleet.all)
    expect([name, shopOn(state)]).toEqual([name, verdicts[name]?.verdict === 'deployed' ? '2.0.0' : '1.0.0']);
}, 60_000);

it('a deploy is not planned with a host that does not answer, and the hint that leaves it out is short and works', async () => {
  await using fleet = await startStandIns(12, { latencyMs: () => 1, containers: 0 });
  for (const { state } of fleet.all) runShop(state, '1.0.0');
  const [, dead] = fleet.all;
  if (dead) dead.fault = { kind: 'broken', status: 500 };
  await using desk = await openDesk(fleet.sockets, ['deploy'], shopConfig(['100%']));

  const refused = await desk.say('/deploy shop 2.0.0');

  expect(refused).toMatchObject({ kind: 'refused', reason: 'unreachable' });
  expect(JSON.stringify(refused)).toContain(`--on !${hostName(1)}`);
  const answer = resultOf<CardResult>(await desk.say(`/deploy shop 2.0.0 --on !${hostName(1)}`));
  const { plan } = (await desk.store.approvals.get(answer.card)) ?? {};
  expect((plan as DeployPlan).hosts.map(({ host }) => host)).not.toContain(hostName(1));
  expect((plan as DeployPlan).hosts).toHaveLength(11);
});
