import type { Queryable, Sql, Value } from './sql.ts';

/** Where the message is that shows something living: found again after a restart. */
export interface Card {
  /** The id of what it shows: an approval, a deployment, a lock's token. */
  readonly subject: string;
  /** One subject may have several: its card, its copy in a direct message. */
  readonly kind: string;
  readonly channel: string;
  readonly thread?: string | undefined;
  readonly ts: string;
  /** What it shows, as a hash of the caller's; undefined when that is not known. */
  readonly drawn?: string | undefined;
  /** It may not show what it should: drawing it failed. */
  readonly owed?: boolean | undefined;
}

/** A card that a process was about to post: whether Slack has it is not known. Times are Unix milliseconds. */
export interface Unposted extends Omit<Card, 'ts' | 'drawn' | 'owed'> {
  readonly poster: string;
  readonly postingAt: number;
}

export interface Cards {
  /** Undefined until its message is known. */
  get(subject: string, kind: string): Promise<Card | undefined>;
  of(subject: string): Promise<readonly Card[]>;
  /** The subjects of that kind that are questions: open, under way, or ended since then. Newest first. */
  living(query: { readonly kind: string; readonly since: number; readonly limit: number }): Promise<readonly string[]>;
  /** Before a message is posted: one that Slack took is looked for, or posted again, though the process dies meanwhile. */
  intend(card: Unposted): Promise<void>;
  /** Nothing is posted after all. */
  forget(subject: string, kind: string): Promise<void>;
  /** Cards that were to be posted and are not known to be. */
  unposted(kind: string): Promise<readonly Unposted[]>;
  /** Takes over the posting of one from the process that was at it; false when another one did. */
  takeOver(card: Unposted, poster: string, at: number): Promise<boolean>;
  /**
   * Remembers a message. When the subject has one already, only `replaces`, its time stamp, lets the new one take its
   * place: of two processes that post the same card, one learns (false) that its own is the one too many.
   */
  put(card: Card & { readonly replaces?: string }): Promise<boolean>;
  /** What the message shows now. Without `drawn` it is still owed. */
  drew(card: Card): Promise<void>;
  /** The message could not be made to show what it should: true until `drew`. */
  owe(subject: string, kind: string): Promise<void>;
  /** The subjects of that kind whose message is owed. */
  owed(kind: string): Promise<readonly string[]>;
}

interface Row extends Omit<Card, 'drawn' | 'thread' | 'owed'> {
  readonly owed: number;
  readonly drawn: string | null;
  readonly thread: string | null;
}

/** Part of a transaction that changes what a card shows: it is owed, should the process die before it is drawn. */
export async function oweCards(tx: Queryable, subject: string): Promise<void> {
  await tx.query('update cards set owed = 1 where subject = $1', [subject]);
}

export function createCards(sql: Sql): Cards {
  const columns = 'subject, kind, channel, ts, drawn, thread';
  const shape = ({ drawn, thread, owed, ...card }: Row): Card => ({
    ...card,
    ...(drawn === null ? {} : { drawn }),
    ...(thread === null ? {} : { thread }),
    ...(owed === 1 ? { owed: true } : {}),
  });
  const all = async (where: string, values: readonly string[]) =>
    (await sql.query<Row>(`select ${columns}, owed from cards where ts <> '' and ${where}`, values)).map(shape);
  const ids = async (text: string, values: readonly Value[]) =>
    (await sql.query<{ id: string }>(text, values)).map(({ id }) => id);
  const write = async (text: string, values: readonly Value[]) => (await sql.query(text, values)).length === 1;
  return {
    get: async (subject, kind) => (await all('subject = $1 and kind = $2', [subject, kind]))[0],
    of: (subject) => all('subject = $1 order by kind', [subject]),
    async drew({ subject, kind, ts, drawn }) {
      await write('update cards set drawn = $4, owed = $5 where subject = $1 and kind = $2 and ts = $3', [
        subject,
        kind,
        ts,
        drawn ?? null,
        drawn === undefined ? 1 : 0,
      ]);
    },
    async owe(subject, kind) {
      await write('update cards set owed = 1 where subject = $1 and kind = $2', [subject, kind]);
    },
    owed: (kind) => ids("select subject as id from cards where kind = $1 and owed = 1 and ts <> ''", [kind]),
    living: ({ kind, since, limit }) =>
      ids(
        `select id from approvals join cards on subject = id and kind = $1
         where state = 'pending' or (state = 'approved' and verdict is null) or decided_at >= $2 or finished_at >= $2
         order by requested_at desc, id desc limit $3`,
        [kind, since, limit],
      ),
    async intend({ subject, kind, channel, thread, poster, postingAt }) {
      await write(
        `insert into cards (subject, kind, channel, ts, thread, poster, posting_at) values ($1, $2, $3, '', $4, $5, $6)
         on conflict (subject, kind) do nothing`,
        [subject, kind, channel, thread ?? null, poster, postingAt],
      );
    },
    async forget(subject, kind) {
      await write("delete from cards where subject = $1 and kind = $2 and ts = ''", [subject, kind]);
    },
    async unposted(kind) {
      const rows = await sql.query<Omit<Unposted, 'thread'> & { thread: string | null }>(
        `select subject, kind, channel, thread, poster, posting_at as "postingAt" from cards
         where kind = $1 and ts = '' order by posting_at`,
        [kind],
      );
      return rows.map(({ thread, ...card }) => ({ ...card, ...(thread === null ? {} : { thread }) }));
    },
    takeOver: ({ subject, kind, poster: before }, poster, at) =>
      write(
        `update cards set poster = $4, posting_at = $5
         where subject = $1 and kind = $2 and ts = '' and poster = $3 returning subject`,
        [subject, kind, before, poster, at],
      ),
    put: ({ subject, kind, channel, thread, ts, drawn, replaces }) =>
      write(
        `insert into cards (${columns}, owed) values ($1, $2, $3, $4, $5, $6, $8)
         on conflict (subject, kind) do update set channel = $3, ts = $4, drawn = $5, thread = $6, owed = $8
         where cards.ts = $7 returning ts`,
        [subject, kind, channel, ts, drawn ?? null, thread ?? null, replaces ?? '', drawn === undefined ? 1 : 0],
      ),
  };
}
