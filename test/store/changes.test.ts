import { describe, expect, it } from 'vitest';
import { beginnings, freshStore } from './fixture.ts';

describe('change events', () => {
  const fixture = freshStore();
  const { deployments, claimed, started } = beginnings(fixture);

  async function told(id: string, tell: readonly string[]) {
    await started(id, { tell });
    await deployments().finish(await claimed(), { verdict: 'deployed', at: 200, tell });
  }

  it('are stored with the start and the end of a deployment, and read in their order, one of each receiver', async () => {
    const { changes } = fixture.store;
    await told('D1', ['one', 'two']);
    await told('D2', ['two']);
    expect(await changes.waiting()).toEqual(
      new Map([
        ['one', 2],
        ['two', 4],
      ]),
    );
    const first = await changes.next();
    expect(first.map(({ id, receiver }) => `${receiver} ${id}`)).toEqual([
      'one D1.deployment.started',
      'two D1.deployment.started',
    ]);
  });

  it('are claimed by one process, released, removed and given up', async () => {
    const { changes } = fixture.store;
    await told('D1', ['one']);
    const [first] = await changes.next();
    if (!first) throw new Error('nothing');
    expect(await Promise.all(['P1', 'P2', 'P3'].map((by) => changes.claim(first, by)))).toEqual(
      expect.arrayContaining([true, false, false]),
    );
    const [taken] = await changes.next();
    expect(taken).toMatchObject({ tries: 1 });
    const owner = taken?.owner ?? '';
    await changes.remove(first, 'P9');
    await changes.release(first, 'P9');
    expect(await changes.next()).toMatchObject([{ id: first.id, owner }]);
    await changes.fail(first, owner, { why: 'refused', at: 300 });
    const [second] = await changes.next();
    expect(second).toMatchObject({ id: 'D1.deployment.ended', tries: 0 });
    expect(await changes.failed({ since: 300, limit: 9 })).toMatchObject([
      { id: first.id, why: 'refused', failedAt: 300 },
    ]);
    expect(await changes.failed({ since: 301, limit: 9 })).toEqual([]);
    if (!second) throw new Error('nothing');
    expect(await changes.claim(second, 'P1')).toBe(true);
    await changes.remove(second, 'P1');
    expect(await changes.next()).toEqual([]);
    expect((await changes.waiting()).size).toBe(0);
  });
});
