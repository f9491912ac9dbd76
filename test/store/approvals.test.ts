import { describe, expect, it } from 'vitest';
import { freshStore, question } from './fixture.ts';
import { race } from './processes.ts';

const fixture = freshStore();
const approvals = () => fixture.store.approvals;

describe('a question', () => {
  it('is remembered as it was asked', async () => {
    await approvals().create(question('A1'));
    expect(await fixture.other.approvals.get('A1')).toEqual({
      ...question('A1'),
      integrity: 'signed',
      state: 'pending',
      decidedBy: undefined,
      decidedAt: undefined,
      verdict: undefined,
      reminders: 0,
    });
    expect(await approvals().get('A2')).toBeUndefined();
  });

  it('is found in its channel by its id or by the plan its card shows, the newest first', async () => {
    const hash = `3f9c01ab${'0'.repeat(56)}`;
    await approvals().create(question('A1', { hash }));
    await approvals().create(question('A2', { hash, requestedAt: 5 }));
    await approvals().create(question('A3', { hash: `3f9c01ac${'0'.repeat(56)}`, channel: 'C0OTHER' }));
    const found = async (ref: string, channel = 'C0PROD') => (await approvals().find(ref, channel))?.id;

    expect(await found('A1')).toBe('A1');
    expect(await found('A1', 'C0OTHER')).toBeUndefined();
    expect(await found('3f9c01ab')).toBe('A2');
    expect(await found(hash)).toBe('A2');
    expect(await found('3f9c01ac')).toBeUndefined();
    expect(await found('3f9c01ac', 'C0OTHER')).toBe('A3');
    expect(await found('ffffffff')).toBeUndefined();
    await approvals().decide({ id: 'A2', state: 'withdrawn', by: 'U0DEV1', at: 6 });
    expect(await found('3f9c01ab')).toBe('A1');
    await approvals().create(question('A4', { hash: `3f9c01ab${'1'.repeat(56)}` }));
    await expect(found('3f9c01ab')).rejects.toThrow('More than one open plan begins so.');
    expect(await found(`3f9c01ab${'1'.repeat(56)}`)).toBe('A4');
  });

  it('is decided once, however many answer, over two connections', async () => {
    await approvals().create(question('A1'));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? fixture.store : fixture.other).approvals.decide({
          id: 'A1',
          state: index % 3 === 0 ? 'rejected' : 'approved',
          by: `U${index}`,
          at: 500,
        }),
      ),
    );
    // Which comes first is the database's choice: over two connections it need not be the one that was sent first.
    const winner = answers.findIndex((answer) => answer.won);
    const why = winner % 3 === 0 ? 'rejected' : 'approved';
    const lost = answers.filter((answer) => !answer.won);
    expect(lost).toHaveLength(answers.length - 1);
    for (const answer of lost)
      expect(answer).toMatchObject({ why, approval: { decidedBy: `U${winner}`, decidedAt: 500 } });
  });

  it('takes no answer once its time is up, nor one that is not there', async () => {
    await approvals().create(question('A1'));
    expect(await approvals().decide({ id: 'A1', state: 'approved', by: 'U1', at: 1000 })).toMatchObject({
      won: false,
      why: 'expired',
    });
    expect(await approvals().vote({ id: 'A1', person: 'U1', at: 1000 })).toMatchObject({
      counted: false,
      why: 'expired',
    });
    expect(await approvals().decide({ id: 'A2', state: 'approved', by: 'U1', at: 1 })).toEqual({
      won: false,
      why: 'unknown',
      approval: undefined,
    });
    expect(await approvals().vote({ id: 'A2', person: 'U1', at: 1 })).toMatchObject({ counted: false, why: 'unknown' });
  });

  it('counts each person once, with the factor of their first yes', async () => {
    await approvals().create(question('A1'));
    expect(await approvals().vote({ id: 'A1', person: 'U1', at: 1, factor: 'totp' })).toMatchObject({
      counted: true,
      votes: [{ person: 'U1', at: 1, factor: 'totp' }],
    });
    expect(await fixture.other.approvals.vote({ id: 'A1', person: 'U1', at: 2 })).toMatchObject({
      counted: false,
      why: 'again',
    });
    expect(await approvals().vote({ id: 'A1', person: 'U2', at: 3 })).toMatchObject({ counted: true });
    expect(await approvals().votes('A1')).toMatchObject([
      { person: 'U1', at: 1, factor: 'totp' },
      { person: 'U2', at: 3, factor: undefined },
    ]);
    await approvals().decide({ id: 'A1', state: 'withdrawn', by: 'U0DEV1', at: 4 });
    expect(await approvals().vote({ id: 'A1', person: 'U3', at: 5 })).toMatchObject({
      counted: false,
      why: 'withdrawn',
    });
  });

  it('is reminded of and expires once with one note, when two processes see that it is time', async () => {
    await approvals().create(question('A1', { remindEvery: 400 }));
    const both = [fixture.store, fixture.other];
    const note = { place: 'C0PROD', note: { kind: 'rejected' }, at: 1 };
    const ids = (all: readonly (readonly { readonly id: string }[])[]) => all.flat().map(({ id }) => id);
    const backlog = async () => (await fixture.store.outbox.backlog()).count;

    expect(ids(await Promise.all(both.map((store) => store.approvals.remind(500, async () => note))))).toEqual(['A1']);
    expect(await backlog()).toBe(1);
    expect(ids(await Promise.all(both.map((store) => store.approvals.expire(1000, () => note))))).toEqual(['A1']);
    expect(await backlog()).toBe(2);
  });

  it('expires when the clock was set back since it was made, and not where clocks differ by seconds', async () => {
    const HOUR = 3_600_000;
    await approvals().create(question('A1', { requestedAt: 2 * HOUR, expiresAt: 2.5 * HOUR }));
    await approvals().create(question('A2', { requestedAt: HOUR + 2000, expiresAt: 1.5 * HOUR }));
    expect((await approvals().expire(HOUR)).map(({ id }) => id)).toEqual(['A1']);
    expect(await approvals().decide({ id: 'A1', state: 'approved', by: 'U1', at: 2.1 * HOUR })).toMatchObject({
      won: false,
      why: 'expired',
    });
  });

  it('expires once, over all processes, and only if nobody answered', async () => {
    for (const id of ['A1', 'A2', 'A3']) await approvals().create(question(id, { requestedAt: Number(id[1]) }));
    await approvals().create(question('A4', { expiresAt: 5000 }));
    await approvals().decide({ id: 'A2', state: 'approved', by: 'U1', at: 10 });
    expect(await approvals().expire(999)).toEqual([]);
    const expired = await approvals().expire(1000);
    expect(expired.map(({ id, state, decidedAt }) => [id, state, decidedAt])).toEqual([
      ['A1', 'expired', 1000],
      ['A3', 'expired', 1000],
    ]);
    expect(await fixture.other.approvals.expire(2000)).toEqual([]);
    expect(await approvals().decide({ id: 'A1', state: 'approved', by: 'U1', at: 500 })).toMatchObject({
      why: 'expired',
    });
  });

  it('is listed while it is open, in its channel or anywhere', async () => {
    await approvals().create(question('A2', { requestedAt: 2 }));
    await approvals().create(question('A1', { requestedAt: 1, channel: 'C0OTHER' }));
    await approvals().create(question('A3', { requestedAt: 3, expiresAt: 50 }));
    const ids = async (query: { now: number; channel?: string }) =>
      (await approvals().pending(query)).map(({ id }) => id);
    expect(await ids({ now: 10 })).toEqual(['A1', 'A2', 'A3']);
    expect(await ids({ now: 60 })).toEqual(['A1', 'A2']);
    expect(await ids({ now: 10, channel: 'C0OTHER' })).toEqual(['A1']);
  });

  it('reminds with growing pauses, each once over all processes, and never after its end', async () => {
    await approvals().create(question('A1', { expiresAt: 200, remindEvery: 10 }));
    await approvals().create(question('A2', { expiresAt: 200 }));
    const times: number[] = [];
    for (let now = 1; now < 300; now += 1) {
      const due = [...(await approvals().remind(now)), ...(await fixture.other.approvals.remind(now))];
      expect(due.every(({ id }) => id === 'A1')).toBe(true);
      times.push(...due.map(() => now));
    }
    expect(times).toEqual([10, 30, 70, 150]);
    expect((await approvals().get('A1'))?.reminders).toBe(4);
  });

  it('keeps its verdict', async () => {
    await approvals().create(question('A1'));
    await approvals().finish({ id: 'A1', verdict: 'done', at: 9 });
    expect((await approvals().get('A1'))?.verdict).toBe('done');
  });
});

it('510 clicks by three processes at once on 170 questions: each decided once, each person counted once', async () => {
  for (let index = 0; index < 170; index += 1) await approvals().create(question(`A${index}`));
  const told = await race<{ id: string; won: boolean; counted: boolean }>(
    fixture.url,
    3,
    `for (const index of shuffled(170)) {
      const id = 'A' + index;
      const { counted } = await store.approvals.vote({ id, person: 'U' + index % 2, at: 1 });
      const { won } = await store.approvals.decide({ id, state: ['approved', 'rejected', 'withdrawn'][me], by: 'U' + me, at: 2 });
      tell({ id, won, counted });
    }`,
  );
  expect(told).toHaveLength(510);
  const count = (key: 'won' | 'counted') => {
    const per = new Map<string, number>();
    for (const item of told) if (item[key]) per.set(item.id, (per.get(item.id) ?? 0) + 1);
    return per;
  };
  expect([...count('won').values()]).toEqual(Array.from({ length: 170 }, () => 1));
  expect(Math.max(...count('counted').values())).toBe(1);
}, 60_000);

it('60 answers at the moment their questions expire, by processes that see it either side: each ends in one way', async () => {
  for (let index = 0; index < 60; index += 1)
    await approvals().create(question(`A${index}`, { expiresAt: 1000 + index, service: `service-${index}` }));
  const told = await race<{ id: string; how: string }>(
    fixture.url,
    2,
    `for (let index = 0; index < 60; index += 1) {
      const id = 'A' + index;
      const at = 999 + index;
      if (me === 0) for (const one of await store.approvals.expire(at + 1)) tell({ id: one.id, how: 'expired' });
      else if (index % 2) {
        if ((await store.approvals.decide({ id, state: 'approved', by: 'U1', at })).won) tell({ id, how: 'approved' });
      } else if ((await store.deployments.start({ id: 'D' + index, approval: id, hosts: ['web-1'], by: 'U1', at })).won)
        tell({ id, how: 'approved' });
    }`,
  );
  const ends = new Map(told.map(({ id, how }) => [id, how]));
  expect(told).toHaveLength(60);
  expect(ends.size).toBe(60);
  for (const [id, how] of ends) expect([id, (await approvals().get(id))?.state]).toEqual([id, how]);
  const begun = (await fixture.store.deployments.running()).map(({ approval }) => approval);
  expect(begun.every((id) => ends.get(id) === 'approved')).toBe(true);
}, 60_000);
