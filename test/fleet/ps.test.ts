import { expect, it } from 'vitest';
import { HOSTS_AT_ONCE } from '../../src/docker/limits/hosts.ts';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { type Fault, hostName, type StandIns, startStandIns } from './stand-in.ts';

const HOSTS = 120;
const EACH = 3;
/** Less than the deadline of a call, so that these hosts answer. */
const SLOW_MS = 800;

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

function harm(fleet: StandIns, hosts: readonly number[], fault: Fault): void {
  for (const [index, standIn] of fleet.all.entries()) if (hosts.includes(index)) standIn.fault = fault;
}

it('asks a bounded number of hosts of a fleet at once, each in its own time, and names those without an answer', async () => {
  await using fleet = await startStandIns(HOSTS, { latencyMs: (index) => 1 + (index % 7) * 5, containers: EACH });
  // As many as are asked at once: the others are asked when the time of these is over.
  const silent = range(0, HOSTS_AT_ONCE);
  harm(fleet, silent, { kind: 'silent' });
  harm(fleet, [110, 119], { kind: 'slow', ms: SLOW_MS });
  harm(fleet, [100], { kind: 'broken', status: 500 });
  await using desk = await openDesk(fleet.sockets, ['ps']);

  const result = resultOf<PsResult>(await desk.say('/ps --on all'));

  const missing = [...silent, 100];
  expect(result.failures.map(({ host }) => host)).toEqual(missing.map(hostName));
  const others = range(0, HOSTS).filter((index) => !missing.includes(index));
  expect(result.hosts.map(({ host }) => host)).toEqual(others.map(hostName));
  expect(result.total).toBe(others.length * EACH);
  expect(fleet.mostAtOnce()).toBe(HOSTS_AT_ONCE);
});

it('asks hosts that were late before the others, so that the second answer waits for them alone', async () => {
  await using fleet = await startStandIns(HOSTS, { latencyMs: () => 1, containers: EACH });
  const last = HOSTS - 1;
  await using desk = await openDesk(fleet.sockets, ['ps']);
  // What is asked first waits for modules and connections, and would be the latest.
  await desk.say('/ps --on all');
  // Later than any other on a busy machine.
  harm(fleet, [last], { kind: 'slow', ms: 3000 });
  await desk.say('/ps --on all');
  fleet.forget();

  await desk.say('/ps --on all');

  expect(fleet.asked().slice(0, 24)).toContain(hostName(last));
});

it('turns the pages of what a fleet has as if it were one list, the hosts in order', async () => {
  await using fleet = await startStandIns(9, { latencyMs: () => 1, containers: 7 });
  await using desk = await openDesk(fleet.sockets, ['ps']);
  const page = async (number: number) => resultOf<PsResult>(await desk.say(`/ps --page ${number}`));

  const pages = [await page(1), await page(2), await page(3), await page(4), await page(9)];

  expect(pages.map(({ rows, page: shown, pages: all, total }) => [rows.length, shown, all, total])).toEqual([
    [20, 1, 4, 63],
    [20, 2, 4, 63],
    [20, 3, 4, 63],
    [3, 4, 4, 63],
    [3, 4, 4, 63],
  ]);
  const seen = pages.slice(0, 4).flatMap(({ rows }) => rows);
  expect(seen.map(({ host }) => host)).toEqual(fleet.all.flatMap(({ name }) => Array(7).fill(name)));
  expect(new Set(seen.map(({ id }) => id)).size).toBe(63);
});
