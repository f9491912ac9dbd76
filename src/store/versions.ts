import { createPace } from '../paced/pace.ts';
import { onlyRow } from './rows.ts';
import { integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';

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

/** A stored version. One from before signing began is shown, and is not rolled back to. */
export interface KnownVersion extends Version {
  readonly integrity: Exclude<Integrity, 'forged'>;
}

/** Versions that can be rolled back to, and that a prune keeps. One entry for each digest of a service on a host: the newest. */
export interface Versions {
  record(version: Version): Promise<void>;
  /**
   * Newest first, without forged ones; all of them, or those of one host or one digest. There is one of each host, so a
   * limit is less than a version where hosts are many.
   */
  of(query: {
    readonly service: string;
    readonly host?: string;
    readonly digest?: string;
    readonly limit?: number;
  }): Promise<readonly KnownVersion[]>;
  /** Newest first, those of any service on any host, without forged ones. `repository` is canonical. */
  ofImage(repository: string, limit: number): Promise<readonly KnownVersion[]>;
  /** The digests of the newest `keep` of every service on the host; forged rows push none of them out. */
  newestOn(host: string, keep: number): Promise<readonly KnownVersion[]>;
}

type Row = Omit<Version, 'tag'> & { readonly tag: string | null } & SignedRow;
const COLUMNS = 'service, host, repository, digest, tag, deployment, by, at, verdict';

export function createVersions(sql: Sql, signer: Signer): Versions {
  /** Verifying a MAC takes several microseconds, and versions add up over years and hundreds of hosts. */
  const all = async (text: string, params: readonly Value[], limit = Number.POSITIVE_INFINITY) => {
    const pace = createPace();
    const known: KnownVersion[] = [];
    for (const { mac, ...row } of await sql.query<Row>(text, params)) {
      if (known.length >= limit) break;
      const integrity = integrityOf(signer, 'verified', { ...row, mac });
      if (integrity !== 'forged') known.push({ ...row, tag: row.tag ?? undefined, integrity });
      await pace();
    }
    return known;
  };
  return {
    record: (version) => sql.tx((tx) => recordVersion(tx, signer, version)),
    of: ({ service, host = '', digest = '', limit }) =>
      all(
        `select ${COLUMNS}, mac from verified
         where service = $1 and ($2 = '' or host = $2) and ($3 = '' or digest = $3) order by at desc, host`,
        [service, host, digest],
        limit,
      ),
    ofImage: (repository, limit) =>
      all(
        `select ${COLUMNS}, mac from verified where repository = $1 order by at desc, service, host limit $2`,
        [repository, limit],
        limit,
      ),
    async newestOn(host, keep) {
      const known = await all(
        `select ${COLUMNS}, mac from verified where host = $1 order by service, at desc, digest`,
        [host],
      );
      return [...Map.groupBy(known, ({ service }) => service).values()].flatMap((those) => those.slice(0, keep));
    },
  };
}

/** Part of a transaction: see `deployments.finish`. A stored version is replaced by a newer one, and when it is forged. */
export async function recordVersion(
  tx: Queryable,
  signer: Signer,
  { service, host, repository, digest, tag, deployment, by, at, verdict }: Version,
): Promise<void> {
  const [known] = await tx.query<Row>(
    `select ${COLUMNS}, mac from verified where service = $1 and host = $2 and digest = $3`,
    [service, host, digest],
  );
  if (known && known.at > at && integrityOf(signer, 'verified', known) !== 'forged') return;
  const rows = await tx.query<Row>(
    `insert into verified (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (service, host, digest) do update
     set repository = $3, tag = $5, deployment = $6, by = $7, at = $8, verdict = $9 returning *`,
    [service, host, repository, digest, tag ?? null, deployment, by, at, verdict],
  );
  await sign({ tx, signer, table: 'verified' }, onlyRow(rows));
}

/**
 * Records a version that served before a deployment. Where it is stored already, only the time it was last seen healthy
 * changes. It is dated after every other version of that service on that host, whatever the clock says.
 */
export async function recordServed(tx: Queryable, signer: Signer, version: Version): Promise<void> {
  const { service, host, digest } = version;
  const stored = await tx.query<Row>(
    `select ${COLUMNS}, mac from verified where service = $1 and host = $2 order by at desc`,
    [service, host],
  );
  const rows = stored.filter((row) => integrityOf(signer, 'verified', row) !== 'forged');
  const known = rows.find((row) => row.digest === digest && integrityOf(signer, 'verified', row) === 'signed');
  const [newest] = rows;
  const after = newest === undefined ? 0 : newest.at + (newest.digest === digest ? 0 : 1);
  const at = Math.max(version.at, after);
  await recordVersion(tx, signer, known ? { ...known, tag: known.tag ?? version.tag, at } : { ...version, at });
}
