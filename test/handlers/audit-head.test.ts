import { expect, it } from 'vitest';
import type { Deps } from '../../src/handlers/deps.ts';
import { logHead, shipHead } from '../../src/worker/audit-head.ts';
import { openRecords } from './stored.ts';

const HOUR = 3_600_000;

/** What a process would say, in its log and in channels. */
function listener(store: Deps['store'], headChannel?: string) {
  const said: string[] = [];
  const say = (fields: object) => void said.push(`log ${(fields as { head?: string }).head ?? 'error'}`);
  const deps = {
    store,
    config: { audit: { headChannel, headEvery: HOUR } } as Deps['config'],
    log: { debug: say, info: say, warn: say, error: say },
  };
  return { said, ship: (at: number) => shipHead({ ...deps, now: () => at }), end: () => logHead(deps) };
}

it('the head of the audit log goes to the log and the channel, once an hour over all processes, when it is new', async () => {
  await using records = await openRecords();
  const entry = { at: 1, request: 'R', person: 'U', channel: 'C', team: 'T', command: 'ps', line: 'ps', hosts: [] };
  const append = () => records.store.audit.append({ ...entry, kind: 'event', source: 'slash' });
  const [one, other] = [listener(records.store, 'C0AUDIT'), listener(records.store)];
  const log = async () => {
    const { seq, hash } = await records.store.audit.head();
    return `log ${seq}:${hash}`;
  };
  /** Where the channel is told, and of which head. */
  const told = async () =>
    (await records.store.outbox.next(10)).map(({ place, note }) => [place, `log ${(note as { head: string }).head}`]);

  await one.ship(HOUR);
  expect(one.said).toEqual([]);
  await append();
  const first = await log();
  await one.ship(HOUR);
  await other.ship(HOUR + 1);
  await append();
  await other.ship(2 * HOUR - 1);
  expect([one.said, other.said]).toEqual([[first], []]);
  expect(await told()).toEqual([['C0AUDIT', first]]);

  await other.ship(2 * HOUR);
  await other.ship(3 * HOUR);
  await other.end();
  expect(other.said).toEqual([await log(), await log()]);

  // The clock was set back: nobody waits until it says again what it said.
  for (const note of await records.store.outbox.next(10)) {
    await records.store.outbox.claim(note, 'slack');
    await records.store.outbox.remove(note.seq, 'slack');
  }
  await append();
  const last = await log();
  await one.ship(HOUR - 1);
  await other.ship(HOUR);
  expect(one.said.slice(1)).toEqual([last]);
  expect(await told()).toEqual([['C0AUDIT', last]]);
  expect(other.said).toHaveLength(2);

  records.tamper('update audit_head set seq = 1');
  await other.end();
  expect(other.said.at(-1)).toBe('log error');
  await expect(other.ship(9 * HOUR)).rejects.toThrow('audit verify');
});
