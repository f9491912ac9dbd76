import { expect, it } from 'vitest';
import type { WhyResult } from '../../src/handlers/containers/why.ts';
import type { Request } from '../../src/handlers/request.ts';
import { whyView } from '../../src/slack/views/containers/why.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { stopContainer } from './engine-state.ts';
import { runShop } from './shop.ts';
import { hostName, startStandIns } from './stand-in.ts';

const HOSTS = 40;
const DIAGNOSED = 24;
/** Hosts by how the shop ended there: with an error, or as it was told to. */
const [FAILED, ENDED] = [[39, 31], [35]];

it('why a service of a fleet fails is asked of the hosts in most trouble, and says how many it left out', async () => {
  await using fleet = await startStandIns(HOSTS, { latencyMs: () => 1, containers: 1 });
  for (const [index, { state }] of fleet.all.entries()) {
    runShop(state, '1.0.0');
    const shop = [...state.containers.values()].find(({ name }) => name === 'shop');
    if (!shop || ![...FAILED, ...ENDED].includes(index)) continue;
    stopContainer(shop);
    shop.exitCode = FAILED.includes(index) ? 1 : 0;
  }
  await using desk = await openDesk(fleet.sockets, ['why']);

  const result = resultOf<WhyResult>(await desk.say('/dock why shop'));

  expect(result.failures).toEqual([]);
  expect(result.left).toEqual({ count: HOSTS - DIAGNOSED, inTrouble: 0 });
  const names = result.hosts.map(({ host }) => host);
  expect(new Set(names).size).toBe(DIAGNOSED);
  expect(names).toEqual(expect.arrayContaining([...FAILED, ...ENDED].map(hostName)));
  // A host that is left out is asked what it has, and nothing else.
  const left = fleet.all.map(({ name }) => name).filter((name) => !names.includes(name));
  const asked = Map.groupBy(fleet.asked(), (name) => name);
  expect(new Set(left.map((name) => asked.get(name)?.length))).toEqual(new Set([2]));
  const shown = JSON.stringify(whyView(result, { share: false, line: 'why shop' } as Request));
  expect(shown).toContain(`Not diagnosed: ${HOSTS - DIAGNOSED} more`);
}, 30_000);
