import type { Queryable, Sql, Value } from './sql.ts';

/** The message that shows an approval, a deployment or a lock: found again after a restart. */
export interface Card {
  /** The id of what it shows: an approval, a deployment, a lock's token. */
  readonly subject: string;
  /** One subject may have several: its card, its copy in a direct message. */
  readonly kind: string;
  readonly channel: string;
  readonly thread?: string | undefined;
  readonly ts: string;
  /** Hash of what the message shows; undefined when that is not known. */
  readonly rendered?: string | undefined;
  /** Whether the message may not show what it should, since an update failed. */
  readonly outdated?: boolean | undefined;
}

/** The kind of the card of a deploy or a rollback. */
export const DEPLOY_CARD = 'deploy';
/** The kind of the message that asks for any other approval or confirmation. */
export const ASK_CARD = 'ask';

/** A card that a process was about to post; it is not known whether Slack has it. */
export interface Unposted extends Omit<Card, 'ts' | 'rendered' | 'outdated'> {
  readonly poster: string;
  /** Since when, in milliseconds by the database's clock. */
  readonly silentMs: number;
}

export interface Cards {
  /** Undefined until its message is known. */
  get(subject: string, kind: string): Promise<Card | undefined>;
  of(subject: string): Promise<readonly Card[]>;
  /** By its message; undefined where that is none of that kind. */
  at(message: Pick<Card, 'kind' | 'channel' | 'ts'>): Promise<Card | undefined>;
  /** The approvals with a card of that kind that are open, under way, or ended since then, by id. Newest first. */
  active(query: { readonly kind: string; readonly since: number; readonly limit: number }): Promise<readonly string[]>;
  /** Records that a message is about to be posted: should the process die, another looks for it, or posts it again. */
  beginPosting(card: Omit<Unposted, 'silentMs'>): Promise<void>;
  /** Records that nothing is posted after all. */
  cancelPosting(subject: string, kind: string): Promise<void>;
  /** Cards that were to be posted and are not known to be. */
  unposted(kind: string): Promise<readonly Unposted[]>;
  /** Takes over a posting from the process that began it; false when another process did. */
  takeOverPosting(card: Pick<Unposted, 'subject' | 'kind' | 'poster'>, poster: string): Promise<boolean>;
  /**
   * Records a posted message. Where the subject has one already, `replaces`, the `ts` of that message, has to be given; false
   * when it does not match: of two processes that post the same card, one is told to delete its own.
   */
  put(card: Card & { readonly replaces?: string }): Promise<boolean>;
  /** Records what the message shows now. Without `rendered` it stays outdated. */
  markRendered(card: Card): Promise<void>;
  /** Records that the message could not be updated; it stays outdated until `markRendered`. */
  markOutdated(subject: string, kind: string): Promise<void>;
  /** The subjects of that kind whose message is outdated. */
  outdated(kind: string): Promise<readonly string[]>;
}

interface Row extends Omit<Card, 'rendered' | 'thread' | 'outdated'> {
  readonly owed: number;
  readonly drawn: string | null;
  readonly thread: string | null;
}

/** Part of a transaction that changes what a card shows: it is updated later, should the process die before that. */
export async function markCardsOutdated(tx: Queryable, subject: string): Promise<void> {
  await tx.query('update cards set owed = 1 where subject = $1', [subject]);
}

/** `clock` is milliseconds by the database's clock, in SQL: those of the replicas may differ. */
export function createCards(sql: Sql, clock: string): Cards {
  const columns = 'subject, kind, channel, ts, drawn, thread';
  const shape = ({ drawn, thread, owed, ...card }: Row): Card => ({
    ...card,
    ...(drawn === null ? {} : { rendered: drawn }),
    ...(thread === null ? {} : { thread }),
    ...(owed === 1 ? { outdated: true } : {}),
  });
  const all = async (where: string, values: readonly string[]) =>
    (await sql.query<Row>(`select ${columns}, owed from cards where ts <> '' and ${where}`, values)).map(shape);
  const ids = async (text: string, values: readonly Value[]) =>
    (await sql.query<{ id: string }>(text, values)).map(({ id }) => id);
  const write = async (text: string, values: readonly Value[]) => (await sql.query(text, values)).length === 1;
  return {
    get: async (subject, kind) => (await all('subject = $1 and kind = $2', [subject, kind]))[0],
    of: (subject) => all('subject = $1 order by kind', [subject]),
    at: async ({ kind, channel, ts }) => (await all('kind = $1 and channel = $2 and ts = $3', [kind, channel, ts]))[0],
    async markRendered({ subject, kind, ts, rendered }) {
      await write('update cards set drawn = $4, owed = $5 where subject = $1 and kind = $2 and ts = $3', [
        subject,
        kind,
        ts,
        rendered ?? null,
        rendered === undefined ? 1 : 0,
      ]);
    },
    async markOutdated(subject, kind) {
      await write('update cards set owed = 1 where subject = $1 and kind = $2', [subject, kind]);
    },
    outdated: (kind) => ids("select subject as id from cards where kind = $1 and owed = 1 and ts <> ''", [kind]),
    active: ({ kind, since, limit }) =>
      ids(
        `select id from approvals join cards on subject = id and kind = $1
         where state = 'pending' or (state = 'approved' and verdict is null) or decided_at >= $2 or finished_at >= $2
         order by requested_at desc, id desc limit $3`,
        [kind, since, limit],
      ),
    async beginPosting({ subject, kind, channel, thread, poster }) {
      await write(
        `insert into cards (subject, kind, channel, ts, thread, poster, posting_at) values ($1, $2, $3, '', $4, $5, ${clock})
         on conflict (subject, kind) do nothing`,
        [subject, kind, channel, thread ?? null, poster],
      );
    },
    async cancelPosting(subject, kind) {
      await write("delete from cards where subject = $1 and kind = $2 and ts = ''", [subject, kind]);
    },
    async unposted(kind) {
      const rows = await sql.query<Omit<Unposted, 'thread'> & { thread: string | null }>(
        `select subject, kind, channel, thread, poster, abs(${clock} - posting_at) as "silentMs" from cards
         where kind = $1 and ts = '' order by posting_at, subject`,
        [kind],
      );
      return rows.map(({ thread, ...card }) => ({ ...card, ...(thread === null ? {} : { thread }) }));
    },
    takeOverPosting: ({ subject, kind, poster: before }, poster) =>
      write(
        `update cards set poster = $4, posting_at = ${clock}
         where subject = $1 and kind = $2 and ts = '' and poster = $3 returning subject`,
        [subject, kind, before, poster],
      ),
    put: ({ subject, kind, channel, thread, ts, rendered, replaces }) =>
      write(
        `insert into cards (${columns}, owed) values ($1, $2, $3, $4, $5, $6, $8)
         on conflict (subject, kind) do update set channel = $3, ts = $4, drawn = $5, thread = $6, owed = $8
         where cards.ts = $7 returning ts`,
        [subject, kind, channel, ts, rendered ?? null, thread ?? null, replaces ?? '', rendered === undefined ? 1 : 0],
      ),
  };
}
