import { expect, it } from 'vitest';
import type { PsResult } from '../../src/handlers/containers/ps.ts';
import { bed, container, describeWithEngine } from '../bed/bed.ts';
import { openDesk, resultOf } from '../handlers/desk.ts';
import { startStandIns } from './stand-in.ts';

const STAND_INS = 110;

describeWithEngine('real engines in a fleet of stand-ins', () => {
  it('answer like the others: what runs on each is found, first and last in the order of hosts', async () => {
    await using fleet = await startStandIns(STAND_INS, { latencyMs: (index) => index % 5, containers: 2 });
    const [one = '', two = ''] = bed().sockets;
    await using first = await container(one, { cmd: ['sleep', '600'] });
    await using last = await container(two, { cmd: ['sleep', '600'] });
    await using desk = await openDesk({ 'real-1': one, ...fleet.sockets, 'real-2': two }, ['ps']);

    const all = resultOf<PsResult>(await desk.say('/ps --on all'));
    const found = resultOf<PsResult>(await desk.say(`/ps ${first.name} ${last.name}`));
    const others = resultOf<PsResult>(await desk.say('/ps --on !real-1,!real-2'));

    expect(all.failures).toEqual([]);
    expect(all.hosts.map(({ host }) => host)).toEqual(['real-1', ...fleet.all.map(({ name }) => name), 'real-2']);
    expect(found.rows.map(({ host, names }) => [host, names])).toEqual([
      ['real-1', first.name],
      ['real-2', last.name],
    ]);
    expect([others.hosts.length, others.total]).toEqual([STAND_INS, STAND_INS * 2]);
  });
});
