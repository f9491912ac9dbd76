import { describe, expect, it } from 'vitest';
import type { ExecGrant } from '../../src/store/exec-grants.ts';
import { execGrant, freshStore } from './fixture.ts';

const fixture = freshStore();
const grants = () => fixture.store.execGrants;
const MINUTE = 60_000;
const NOON = 12 * 60 * MINUTE;

/** A grant of half an hour. */
const granted = (beginsAt: number) => grants().begin(execGrant('G1', { beginsAt, until: beginsAt + 30 * MINUTE }));

/** Grants whose end is announced at `now`, with what the announcement says of their end. */
async function announced(now: number): Promise<readonly string[]> {
  const said: string[] = [];
  await fixture.other.execGrants.over(now, async (grant: ExecGrant) => void said.push(grant.id));
  return said;
}

describe('a grant, when the clock is set back', () => {
  it('does not come back once its end was announced', async () => {
    await granted(NOON);
    expect(await announced(NOON + 60 * MINUTE)).toEqual(['G1']);

    expect(await grants().active({ now: NOON + 10 * MINUTE })).toEqual([]);
    expect(await grants().end('G1', 'U0DEV1', NOON + 10 * MINUTE)).toBeUndefined();
    expect(await announced(NOON + 60 * MINUTE)).toEqual([]);
  });

  it('ends where it was made by a clock that was ahead, and does not begin an hour later', async () => {
    await granted(NOON + 60 * MINUTE);

    expect(await announced(NOON)).toEqual(['G1']);
    expect(await grants().active({ now: NOON + 65 * MINUTE })).toEqual([]);
  });

  it('stays where clocks of processes differ by seconds', async () => {
    await granted(NOON + 2000);

    expect(await announced(NOON)).toEqual([]);
    expect(await grants().active({ now: NOON })).toMatchObject([{ id: 'G1' }]);
  });
});
