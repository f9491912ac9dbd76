import { hasClosed, recordClosing } from './closings.ts';
import type { NotingTx, ReadNoteOf } from './outbox.ts';
import { onlyRow } from './rows.ts';
import { changeSigned, integrityOf, parsed, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';
import { AHEAD_MS } from './time.ts';

/** A permission for a time to run programs in a container. Times are Unix milliseconds. */
export interface ExecGrant {
  /** The id of its request. */
  readonly id: string;
  /** The grantee. */
  readonly person: string;
  readonly channel: string;
  readonly host: string;
  /** The container's name. */
  readonly container: string;
  /** Patterns of commands, as their approvers read them. */
  readonly allowed: readonly string[];
  readonly reason: string;
  readonly approvedBy: string;
  readonly beginsAt: number;
  readonly until: number;
  readonly endedAt: number | undefined;
  readonly endedBy: string | undefined;
  readonly integrity: Integrity;
}

export interface ExecGrants {
  /** Written once its approval is closed by compare-and-set. */
  begin(grant: Omit<ExecGrant, 'endedAt' | 'endedBy' | 'integrity'>): Promise<void>;
  get(id: string): Promise<ExecGrant | undefined>;
  /** Grants that count now, oldest first; left out are unsigned ones, and those whose end the audit log knows or was announced. */
  active(query: {
    readonly now: number;
    readonly person?: string;
    readonly host?: string;
  }): Promise<readonly ExecGrant[]>;
  /** Ends it before its time. The grant if this is what ended it. */
  end(id: string, by: string, at: number): Promise<ExecGrant | undefined>;
  /** Grants that are over and not announced yet, with notes. Over all processes, each once, and none counts from then on. */
  over(now: number, noteOf?: ReadNoteOf<ExecGrant>): Promise<readonly ExecGrant[]>;
}

/** Whether the clock was set back since it began: when it would end, nobody can say any more, so it is over. */
export const isFromAhead = ({ beginsAt }: Pick<ExecGrant, 'beginsAt'>, now: number): boolean =>
  beginsAt > now + AHEAD_MS;

interface Row extends SignedRow {
  readonly id: string;
  readonly person: string;
  readonly channel: string;
  readonly host: string;
  readonly container: string;
  readonly allowed: string;
  readonly reason: string;
  readonly approved_by: string;
  readonly begins_at: number;
  readonly until: number;
  readonly ended_at: number | null;
  readonly ended_by: string | null;
}

export function createExecGrants(sql: Sql, signer: Signer, notingTx: NotingTx): ExecGrants {
  const all = async (on: Pick<Queryable, 'query'>, text: string, params: readonly Value[]) =>
    (await on.query<Row>(text, params)).map((row) => shape(signer, row));
  const byId = 'select * from exec_grants where id = $1';
  return {
    begin: (grant) =>
      sql.tx(async (tx) => {
        const rows = await tx.query<Row>(
          `insert into exec_grants (id, person, channel, host, container, allowed, reason, approved_by, begins_at, until)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
          [
            grant.id,
            grant.person,
            grant.channel,
            grant.host,
            grant.container,
            JSON.stringify(grant.allowed),
            grant.reason,
            grant.approvedBy,
            grant.beginsAt,
            grant.until,
          ],
        );
        await sign({ tx, signer, table: 'exec_grants' }, onlyRow(rows));
      }),
    get: async (id) => (await all(sql, byId, [id]))[0],
    async active({ now, person, host }) {
      const open = await all(
        sql,
        // One whose end was announced does not come back when the clock is set back.
        'select * from exec_grants where ended_at is null and told_at is null and until > $1 order by begins_at, id',
        [now],
      );
      const meant = open
        .filter((grant) => grant.integrity === 'signed' && !isFromAhead(grant, now))
        .filter(
          (grant) => (person === undefined || grant.person === person) && (host === undefined || grant.host === host),
        );
      const wasEnded = await Promise.all(meant.map((grant) => hasClosed(sql, closable(grant), 'ended')));
      return meant.filter((_, index) => wasEnded[index] !== true);
    },
    end: (id, by, at) =>
      sql.tx(async (tx) => {
        const [row] = await tx.query<Row>(byId, [id]);
        const ended = await changeSigned({ tx, signer, table: 'exec_grants' }, row, () =>
          tx.query<Row>(
            `update exec_grants set ended_at = $2, ended_by = $3
             where id = $1 and ended_at is null and told_at is null and until > $2 returning *`,
            [id, at, by],
          ),
        );
        if (!ended) return undefined;
        const grant = shape(signer, ended);
        await recordClosing(tx, signer, closable(grant), { how: 'ended', by, at });
        return grant;
      }),
    async over(now, noteOf = async () => undefined) {
      const due = `told_at is null and (until <= $1 or ended_at is not null or begins_at > $1 + ${AHEAD_MS})`;
      const told: ExecGrant[] = [];
      for (const grant of await all(sql, `select * from exec_grants where ${due} order by until, id`, [now])) {
        const note = await noteOf(grant);
        const isOurs = await notingTx(async (tx, addNote) => {
          const set = `update exec_grants set told_at = $1 where id = $2 and ${due} returning id`;
          const rows = await tx.query(set, [now, grant.id]);
          if (rows.length === 1) await addNote(note);
          return rows.length === 1;
        });
        if (isOurs) told.push(grant);
      }
      return told;
    },
  };
}

const closable = ({ id, channel, person, beginsAt }: ExecGrant) => ({
  id,
  command: 'grant',
  channel,
  requestedBy: person,
  requestedAt: beginsAt,
});

function shape(signer: Signer, row: Row): ExecGrant {
  const allowed = parsed(row.allowed);
  return {
    id: row.id,
    person: row.person,
    channel: row.channel,
    host: row.host,
    container: row.container,
    allowed: Array.isArray(allowed) ? allowed.filter((one) => typeof one === 'string') : [],
    reason: row.reason,
    approvedBy: row.approved_by,
    beginsAt: row.begins_at,
    until: row.until,
    endedAt: row.ended_at ?? undefined,
    endedBy: row.ended_by ?? undefined,
    integrity: integrityOf(signer, 'exec_grants', row),
  };
}
