import { expect, it } from 'vitest';
import { callEngine, mustCall } from '../../playground/engine/api.ts';
import type { PruneArgs } from '../../src/commands/cleanup/prune.ts';
import type { PreviewResult } from '../../src/handlers/cleanup/prune.ts';
import type { DfResult } from '../../src/handlers/hosts/df.ts';
import { container, describeWithEngine, uniqueName } from '../bed/bed.ts';
import { openDesk, resultOf } from './desk.ts';
import { ownEngine } from './own-engine.ts';

// What others make and remove meanwhile would count.
const ownSocket = ownEngine();

describeWithEngine('disk use', () => {
  it('df says of each prune exactly what that prune would then remove', async () => {
    await using desk = await openDesk({ one: ownSocket() }, ['df', 'prune']);
    const name = uniqueName('kept');
    await mustCall(ownSocket(), 'POST', '/volumes/create', { Name: name });
    await using _ended = await container(ownSocket(), {
      cmd: ['sh', '-c', 'head -c 100000 /dev/zero > /x'],
      wait: true,
    });

    const { hosts: found } = resultOf<DfResult>(await desk.say('/dock df @one'));
    const [one] = found;
    const rows = one?.rows ?? [];

    expect(rows.map(({ what }) => what).toSorted()).toEqual(['cache', 'containers', 'images', 'volumes']);
    expect(rows.map(({ frees }) => frees)).toEqual(rows.map(({ frees }) => frees).toSorted((a, b) => b - a));
    expect(one?.named.map((volume) => volume.name)).toContain(name);
    for (const row of rows.filter(({ what }) => what === 'containers')) {
      const preview = resultOf<PreviewResult>(await desk.say(`/${row.line} @one`));
      expect({ items: row.items, frees: row.frees }).toEqual({ items: preview.total, frees: preview.bytes });
      expect((preview.args as PruneArgs).what).toBe(row.what);
    }
    await callEngine(ownSocket(), 'DELETE', `/volumes/${name}`);
  });
});
