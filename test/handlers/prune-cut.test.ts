import { expect, it } from 'vitest';
import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import { type Answer, fakeEngine, json, text } from '../docker/fake-engine.ts';
import { openDesk, resultOf } from './desk.ts';

it('what a host removed before it fell silent is said, and how much was not seen to go', async () => {
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(64));
  const cut: Answer = (response) => void response.socket?.destroy();
  await using engine = await fakeEngine({
    'GET /containers/json': json(
      ids.map((Id) => ({ Id, Names: [`/${Id}`], Created: 0, State: 'exited', Status: 'Exited (0)', SizeRw: 10 })),
    ),
    [`DELETE /containers/${ids[0]}`]: text('', 204),
    [`DELETE /containers/${ids[1]}`]: cut,
  });
  await using desk = await openDesk({ one: engine.socketPath }, ['prune']);

  const preview = resultOf<PreviewResult>(await desk.say('prune containers'));
  const pruned = resultOf<PrunedResult>(await desk.say(`dock approve ${preview.id}`));

  expect(preview.total).toBe(3);
  expect(pruned.hosts).toEqual([{ host: 'one', removed: 1, bytes: 10, kept: [] }]);
  expect(pruned.failures).toMatchObject([
    { summary: expect.stringContaining('Of 3 to remove, 2 may still be there.') },
  ]);
  expect(pruned.audit).toContain('one: 1 removed');
  expect(engine.asked.filter(({ line }) => line.includes(`${ids[2]}`))).toEqual([]);
});
