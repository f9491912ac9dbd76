import type { Sql } from './sql.ts';

/** Where the message is that shows something living: found again after a restart. */
export interface Card {
  /** The id of what it shows: an approval, a deployment, a lock's token. */
  readonly subject: string;
  /** One subject may have several: its card, its copy in a direct message. */
  readonly kind: string;
  readonly channel: string;
  readonly ts: string;
}

export interface Cards {
  get(subject: string, kind: string): Promise<Card | undefined>;
  of(subject: string): Promise<readonly Card[]>;
  /**
   * Remembers a message. When the subject has one already, only `replaces`, its time stamp, lets the new one take its
   * place: of two processes that post the same card, one learns (false) that its own is the one too many.
   */
  put(card: Card & { readonly replaces?: string }): Promise<boolean>;
}

export function createCards(sql: Sql): Cards {
  const columns = 'subject, kind, channel, ts';
  return {
    get: async (subject, kind) =>
      sql.all<Card>(`select ${columns} from cards where subject = $1 and kind = $2`, [subject, kind])[0],
    of: async (subject) => sql.all<Card>(`select ${columns} from cards where subject = $1 order by kind`, [subject]),
    put: async ({ subject, kind, channel, ts, replaces }) =>
      sql.all(
        `insert into cards (${columns}) values ($1, $2, $3, $4)
         on conflict (subject, kind) do update set channel = $3, ts = $4 where cards.ts = $5 returning ts`,
        [subject, kind, channel, ts, replaces ?? ''],
      ).length === 1,
  };
}
