import type { Sql } from './sql.ts';

/** Where the message is that shows something living: found again after a restart. */
export interface Card {
  /** The id of what it shows: an approval, a deployment, a lock's token. */
  readonly subject: string;
  /** One subject may have several: its card, its copy in a direct message. */
  readonly kind: string;
  readonly channel: string;
  readonly ts: string;
  /** What it shows, as a hash of the caller's; undefined when that is not known. */
  readonly drawn?: string | undefined;
}

export interface Cards {
  get(subject: string, kind: string): Promise<Card | undefined>;
  of(subject: string): Promise<readonly Card[]>;
  /** The subjects of that kind that are questions: open, under way, or ended since then. Newest first. */
  living(query: { readonly kind: string; readonly since: number; readonly limit: number }): Promise<readonly string[]>;
  /**
   * Remembers a message. When the subject has one already, only `replaces`, its time stamp, lets the new one take its
   * place: of two processes that post the same card, one learns (false) that its own is the one too many.
   */
  put(card: Card & { readonly replaces?: string }): Promise<boolean>;
  /** What the message shows now. */
  drew(card: Card): Promise<void>;
}

export function createCards(sql: Sql): Cards {
  const columns = 'subject, kind, channel, ts, drawn';
  const shape = ({ drawn, ...card }: Omit<Card, 'drawn'> & { drawn: string | null }): Card => ({
    ...card,
    ...(drawn === null ? {} : { drawn }),
  });
  const all = (where: string, values: readonly string[]) =>
    sql.all<Parameters<typeof shape>[0]>(`select ${columns} from cards where ${where}`, values).map(shape);
  return {
    get: async (subject, kind) => all('subject = $1 and kind = $2', [subject, kind])[0],
    of: async (subject) => all('subject = $1 order by kind', [subject]),
    drew: async ({ subject, kind, ts, drawn }) => {
      sql.all('update cards set drawn = $4 where subject = $1 and kind = $2 and ts = $3', [
        subject,
        kind,
        ts,
        drawn ?? null,
      ]);
    },
    living: async ({ kind, since, limit }) =>
      sql
        .all<{ id: string }>(
          `select id from approvals join cards on subject = id and kind = $1
           where state = 'pending' or (state = 'approved' and verdict is null) or decided_at >= $2 or finished_at >= $2
           order by requested_at desc, id desc limit $3`,
          [kind, since, limit],
        )
        .map(({ id }) => id),
    put: async ({ subject, kind, channel, ts, drawn, replaces }) =>
      sql.all(
        `insert into cards (${columns}) values ($1, $2, $3, $4, $5)
         on conflict (subject, kind) do update set channel = $3, ts = $4, drawn = $5 where cards.ts = $6 returning ts`,
        [subject, kind, channel, ts, drawn ?? null, replaces ?? ''],
      ).length === 1,
  };
}
