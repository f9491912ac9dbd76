import { occasionally } from './occasionally.ts';
import { keyFrom, seal, unseal } from './sealed.ts';
import type { RecordKeys } from './signer.ts';
import type { Lasting, Sql } from './sql.ts';

/** A message of Slack. Edits and repeated deliveries of one have the same channel and `ts`. */
export interface Delivery extends DeliveryKey {
  /** Unix milliseconds. */
  readonly at: number;
}

export interface DeliveryKey {
  readonly channel: string;
  readonly ts: string;
}

/** A delivery whose person waits for an answer. */
export interface Unanswered extends Delivery {
  /** The process that took it, or that is telling its person that it was interrupted. */
  readonly owner: string;
  /** What was asked, as it was given; undefined when it cannot be read with today's keys. */
  readonly asked: unknown;
  /** How long ago it was recorded, in milliseconds by the database's clock; where that was set back since, how far ahead it was. */
  readonly ageMs: number;
}

/** What a process takes on itself with a delivery. */
export interface ToAnswer {
  readonly owner: string;
  readonly asked: object;
  /** What the record outlasts when it counts as recorded; the disk has it when this is left out. */
  readonly lasting?: Lasting;
}

/** What Slack delivered, for all processes on a store, and after a restart. Rejects when the database cannot be written. */
export interface Deliveries {
  /**
   * Records a delivery; false when it was recorded before. With `toAnswer` it is unanswered from the same commit on, in the
   * hands of that process.
   */
  isFirst(delivery: Delivery, toAnswer?: ToAnswer): Promise<boolean>;
  /** Replaces what was asked, while the delivery is in the hands of `owner`. */
  update(delivery: DeliveryKey, owner: string, asked: object): Promise<void>;
  /** Records that its person was answered by `owner`; changes nothing where another process has claimed it. */
  answered(delivery: DeliveryKey, owner: string): Promise<AnswerRecorded>;
  /** Records that its person was told by `owner`, which has claimed it, that no answer comes. */
  told(delivery: DeliveryKey, owner: string): Promise<void>;
  /** The oldest first, 100 at most. */
  unanswered(): Promise<readonly Unanswered[]>;
  /** Takes an unanswered delivery from its owner; false when another process did, or it is answered by now. */
  claim(one: Pick<Unanswered, 'channel' | 'ts' | 'owner'>, by: string): Promise<boolean>;
}

/**
 * Whether an answer is the first word after its request. `being-told`: another process is telling its person that none comes.
 * `told`: another has told them.
 */
export type AnswerRecorded = 'first' | 'being-told' | 'told';

/** Slack repeats an event for some minutes. */
const KEPT_MS = 24 * 60 * 60_000;
const MOST_KEPT = 50_000;
const MOST_LISTED = 100;

export interface DeliveriesOptions {
  readonly sql: Sql;
  /** Milliseconds by the database's clock, in SQL. */
  readonly clock: string;
  readonly keys: RecordKeys;
  readonly mostKept?: number;
  readonly cleanEvery?: number;
}

interface Row extends Delivery {
  readonly owner: string;
  readonly sealed: string;
  readonly age: number;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { sql, clock, mostKept = MOST_KEPT, cleanEvery } = options;
  const { sealed, opened } = sealing(options.keys);
  const clean = occasionally(async (now: number) => {
    const oldest = await sql.query<{ at: number }>('select at from deliveries order by at desc limit 1 offset $1', [
      mostKept,
    ]);
    const tooOld = now - KEPT_MS;
    await sql.query('delete from deliveries where at <= $1 or (at <= $2 and owner is null)', [
      tooOld,
      Math.max(tooOld, oldest[0]?.at ?? 0),
    ]);
  }, cleanEvery);
  /** Whether it was in the hands of `owner`. */
  const end = async ({ channel, ts }: DeliveryKey, owner: string, set: string): Promise<boolean> => {
    const change = () =>
      sql.atomic(
        `update deliveries set ${set} where channel = $1 and ts = $2 and owner = $3 returning ts`,
        [channel, ts, owner],
        'process',
      );
    return (await change().catch(change)).length === 1;
  };
  return {
    async isFirst({ channel, ts, at }, toAnswer) {
      const content = toAnswer && sealed({ channel, ts }, toAnswer.asked);
      // A row of the same sealed text is of this very call, whose first answer was lost with its connection.
      const insert = () =>
        sql.atomic(
          `insert into deliveries (channel, ts, at, owner, sealed, since)
           values ($1, $2, $3, $4, $5, ${toAnswer === undefined ? 'null' : clock})
           on conflict (channel, ts) do update set at = excluded.at where deliveries.sealed = excluded.sealed returning ts`,
          [channel, ts, at, toAnswer?.owner ?? null, content ?? null],
          toAnswer?.lasting,
        );
      const recorded = await insert().catch((error) => (toAnswer ? insert() : Promise.reject(error)));
      if (recorded.length === 0) return false;
      // Apart from the record, which counts without it.
      await clean(at);
      return true;
    },
    async update({ channel, ts }, owner, asked) {
      await sql.atomic('update deliveries set sealed = $4 where channel = $1 and ts = $2 and owner = $3', [
        channel,
        ts,
        owner,
        sealed({ channel, ts }, asked),
      ]);
    },
    async answered(delivery, owner) {
      if (await end(delivery, owner, 'owner = null, sealed = null, since = null')) return 'first';
      const { channel, ts } = delivery;
      const [row] = await sql.query<{ readonly owner: string | null; readonly since: number | null }>(
        'select owner, since from deliveries where channel = $1 and ts = $2',
        [channel, ts],
      );
      if (row?.owner) return 'being-told';
      return row && row.since !== null ? 'told' : 'first';
    },
    async told(delivery, owner) {
      // `since` stays: it tells a process that answers after all that somebody was told otherwise.
      await end(delivery, owner, 'owner = null, sealed = null');
    },
    async unanswered() {
      const rows = await sql.query<Row>(
        `select channel, ts, at, owner, sealed, abs(${clock} - since) as age from deliveries where owner is not null
         order by since, ts limit ${MOST_LISTED}`,
      );
      return rows.map(({ sealed: content, age, ...row }) => ({ ...row, ageMs: age, asked: opened(row, content) }));
    },
    async claim({ channel, ts, owner }, by) {
      const mine = await sql.atomic(
        'update deliveries set owner = $4 where channel = $1 and ts = $2 and owner = $3 returning ts',
        [channel, ts, owner, by],
      );
      return mine.length === 1;
    },
  };
}

/** What was asked has an address in it that anybody could answer at, so it is sealed; and a row that is changed cannot be opened. */
function sealing({ current, former = [] }: RecordKeys) {
  const keys = [current, ...former].map((key) => keyFrom(key, 'unanswered deliveries'));
  const [sealing = Buffer.alloc(0)] = keys;
  const nameOf = ({ channel, ts }: DeliveryKey) => `delivery ${channel} ${ts}`;
  return {
    sealed: (delivery: DeliveryKey, asked: object) => seal(sealing, nameOf(delivery), JSON.stringify(asked)),
    opened(delivery: DeliveryKey, content: string): unknown {
      for (const key of keys) {
        try {
          return JSON.parse(unseal(key, nameOf(delivery), content)) as unknown;
        } catch {
          // Sealed under another key.
        }
      }
      return undefined;
    },
  };
}
