import { integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Sql } from './sql.ts';

/** A version that passed its gate on a host, or served there and was healthy when a plan was made (verdict `served`). */
export interface Version {
  readonly service: string;
  readonly host: string;
  /** Canonical: `docker.io/library/nginx`. */
  readonly repository: string;
  readonly digest: string;
  readonly tag: string | undefined;
  readonly deployment: string;
  readonly by: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly verdict: string;
}

/** As it is known; one from before signing began is shown, and nothing is gone back to on its word. */
export interface KnownVersion extends Version {
  readonly integrity: Exclude<Integrity, 'forged'>;
}

/** What can be gone back to, and what a prune leaves alone. One entry for each digest of a service on a host: the newest. */
export interface Versions {
  record(version: Version): Promise<void>;
  /** Newest first, without forged ones. */
  of(query: {
    readonly service: string;
    readonly host?: string;
    readonly limit: number;
  }): Promise<readonly KnownVersion[]>;
  /** The digests of the newest `keep` of every service on the host; forged rows push none of them out. */
  newestOn(host: string, keep: number): Promise<readonly KnownVersion[]>;
}

type Row = Omit<Version, 'tag'> & { readonly tag: string | null } & SignedRow;
const COLUMNS = 'service, host, repository, digest, tag, deployment, by, at, verdict';

export function createVersions(sql: Sql, signer: Signer): Versions {
  const all = (text: string, params: (string | number)[]) =>
    sql.all<Row>(text, params).flatMap(({ mac, ...row }): KnownVersion[] => {
      const integrity = integrityOf(signer, 'verified', { ...row, mac });
      return integrity === 'forged' ? [] : [{ ...row, tag: row.tag ?? undefined, integrity }];
    });
  return {
    record: async (version) => sql.tx(() => recordVersion(sql, signer, version)),
    of: async ({ service, host, limit }) =>
      all(`select ${COLUMNS}, mac from verified where service = $1 and ($2 = '' or host = $2) order by at desc, host`, [
        service,
        host ?? '',
      ]).slice(0, limit),
    async newestOn(host, keep) {
      const known = all(`select ${COLUMNS}, mac from verified where host = $1 order by service, at desc, digest`, [
        host,
      ]);
      return [...Map.groupBy(known, ({ service }) => service).values()].flatMap((those) => those.slice(0, keep));
    },
  };
}

/** Part of a transaction: see `deployments.finish`. What is known is replaced by what is newer, or was forged. */
export function recordVersion(
  sql: Sql,
  signer: Signer,
  { service, host, repository, digest, tag, deployment, by, at, verdict }: Version,
): void {
  const [known] = sql.all<Row>(
    `select ${COLUMNS}, mac from verified where service = $1 and host = $2 and digest = $3`,
    [service, host, digest],
  );
  if (known && known.at > at && integrityOf(signer, 'verified', known) !== 'forged') return;
  const [row] = sql.all<Row>(
    `insert into verified (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (service, host, digest) do update
     set repository = $3, tag = $5, deployment = $6, by = $7, at = $8, verdict = $9 returning *`,
    [service, host, repository, digest, tag ?? null, deployment, by, at, verdict],
  );
  if (row) sign(sql, signer, 'verified', row);
}

/**
 * The same of a version that served before a deployment: what is known of its own deployment stays, and only the time it was
 * last seen healthy moves on. It is dated after every other version of that service there, whatever the clock says.
 */
export function recordServed(sql: Sql, signer: Signer, version: Version): void {
  const { service, host, digest } = version;
  const rows = sql
    .all<Row>(`select ${COLUMNS}, mac from verified where service = $1 and host = $2 order by at desc`, [service, host])
    .filter((row) => integrityOf(signer, 'verified', row) !== 'forged');
  const known = rows.find((row) => row.digest === digest && integrityOf(signer, 'verified', row) === 'signed');
  const [newest] = rows;
  const after = newest === undefined ? 0 : newest.at + (newest.digest === digest ? 0 : 1);
  const at = Math.max(version.at, after);
  recordVersion(sql, signer, known ? { ...known, tag: known.tag ?? version.tag, at } : { ...version, at });
}
