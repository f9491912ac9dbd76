import { expect, it } from 'vitest';
import type { HostsResult } from '../../src/handlers/hosts/hosts.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { hostName, startStandIns } from './stand-in.ts';

it('lists the hosts of a fleet by state, page by page, and counts them all', async () => {
  await using fleet = await startStandIns(45, { latencyMs: () => 1, containers: 1 });
  await using desk = await openDesk(fleet.sockets, ['ps']);
  const say = async (options: string) => resultOf<HostsResult>(await desk.say(`/dock hosts ${options}`));
  // The first calls of a process are slow by themselves.
  await say('');
  const [broken, slow] = [fleet.all[3], fleet.all[40]];
  if (broken) broken.fault = { kind: 'broken', status: 500 };
  if (slow) slow.fault = { kind: 'slow', ms: 1100 };

  const [all, slowOnes, down, ok] = [
    await say(''),
    await say('--state slow'),
    await say('--state down'),
    await say('--state ok --page 3'),
  ];

  const counts = { ok: 43, slow: 1, down: 1 };
  for (const result of [all, slowOnes, down, ok]) expect(result.counts).toEqual(counts);
  // Slow ones come first.
  expect(all.hosts.map(({ host }) => host).slice(0, 2)).toEqual([hostName(40), hostName(0)]);
  expect([all.hosts.length, all.pages]).toEqual([20, 3]);
  expect(slowOnes.hosts.map(({ host }) => host)).toEqual([hostName(40)]);
  expect([down.hosts, down.failures.map(({ host }) => host)]).toEqual([[], [hostName(3)]]);
  expect([ok.hosts.length, ok.total, ok.failures]).toEqual([3, 43, []]);
}, 30_000);
