import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { beginnings, execGrant, freshStore, question } from './fixture.ts';
import { newJob } from './new-job.ts';

const fixture = freshStore();
const { started, claimed } = beginnings(fixture);

const NOTE = { place: 'C0PROD', note: { kind: 'review' }, at: 100 };
const noted = async () => NOTE;

/** Lets two processes see at once that it is time for something. Resolves to what each was given to do. */
const both = <Result>(ask: (store: Store) => Promise<Result>) => Promise.all([fixture.store, fixture.other].map(ask));
const notes = async () => (await fixture.store.outbox.backlog()).count;

/** Changes the file beside Fairlead. */
function forge(statement: string): void {
  const db = new DatabaseSync(fixture.url.slice('file:'.length));
  try {
    db.exec(statement);
  } finally {
    db.close();
  }
}

describe('seen by two processes at once, once done and with one note', () => {
  it('the end of a grant, whether its time is up or somebody ended it', async () => {
    await fixture.store.execGrants.begin(execGrant('G1', { until: 90 }));
    await fixture.store.execGrants.begin(execGrant('G2'));
    await fixture.store.execGrants.begin(execGrant('G3'));
    const ended = await both((store) => store.execGrants.end('G2', 'U0OPS1', 50));
    expect(ended.filter((one) => one !== undefined)).toMatchObject([{ id: 'G2', endedBy: 'U0OPS1' }]);
    expect(await fixture.store.execGrants.end('G9', 'U0OPS1', 50)).toBeUndefined();

    const told = (await both((store) => store.execGrants.over(100, noted))).flat();

    expect(told.map(({ id }) => id).toSorted()).toEqual(['G1', 'G2']);
    expect(await notes()).toBe(2);
    expect(await fixture.other.execGrants.over(100, noted)).toEqual([]);
  });

  it('a wave that waits for a word; one whose row was forged is told to nobody', async () => {
    for (const [id, service] of [
      ['D1', 'shop'],
      ['D2', 'api'],
    ] as const) {
      await started(id, { service });
      await fixture.store.deployments.requestWave(await claimed(), { wave: 1, at: 100, until: 900, remindEvery: 20 });
    }
    forge("update deployments set service = 'bank' where id = 'D2'");

    const reminded = (await both((store) => store.deployments.remindWaves(120, noted))).flat();

    expect(reminded.map(({ id }) => id)).toEqual(['D1']);
    expect(await notes()).toBe(1);
  });

  it('a deployment that waits for a worker', async () => {
    await started('D1');
    const taken = await both((store) => store.deployments.claim('P1', 100));
    expect(taken.filter((one) => one !== undefined)).toMatchObject([{ deployment: { id: 'D1' } }]);
  });

  it('the newest record of the audit log', async () => {
    await started('D1');
    const shipped = await both((store) => store.audit.headToShip(100, 10, () => NOTE));
    expect(shipped.filter((one) => one !== undefined)).toEqual([await fixture.store.audit.head()]);
    expect(await notes()).toBe(1);
  });

  it('the signature of a review', async () => {
    const breakGlass = { reason: 'the shop is down', reviewBy: 900 };
    await fixture.store.approvals.create(question('A1'));
    await fixture.store.deployments.start({
      id: 'D1',
      approval: 'A1',
      hosts: ['web-1'],
      by: 'U0OPS1',
      at: 6,
      breakGlass,
    });
    const signed = await both((store) => store.reviews.sign('D1', 'U0OPS1', 50));
    expect(signed.filter((one) => one !== undefined)).toMatchObject([{ deployment: 'D1', signedBy: 'U0OPS1' }]);
  });
});

it('a message is recorded at the second try when it has to be answered; any other is not taken', async () => {
  const first = { channel: 'C0PROD', at: 5 };
  forge('alter table deliveries rename to away');
  await expect(fixture.store.deliveries.isFirst({ ...first, ts: '1' })).rejects.toThrow();
  const asked = { text: '/ps' };
  const refused = fixture.store.deliveries.isFirst({ ...first, ts: '2' }, { owner: 'P1', asked });
  await expect(refused).rejects.toThrow();
  forge('alter table away rename to deliveries');
  expect(await fixture.store.deliveries.isFirst({ ...first, ts: '2' }, { owner: 'P1', asked })).toBe(true);
});

it('what a job is about is not known where it was sealed under a key that is gone', async () => {
  await fixture.store.jobs.add(newJob('J1', { text: '/ps' }, 0));
  const later = await openStore(fixture.url, { record: { current: 'beef'.padEnd(64, '0') } });
  onTestFinished(() => later.close());
  expect(await later.jobs.take('J1', 'P1', { now: 10, until: 100 })).toMatchObject({ id: 'J1', task: undefined });
});
