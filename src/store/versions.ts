import type { Sql } from './sql.ts';

/** A version that passed its gate on a host. */
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

/** What can be gone back to, and what a prune leaves alone. One entry for each digest of a service on a host: the newest. */
export interface Versions {
  record(version: Version): Promise<void>;
  /** Newest first. */
  of(query: { readonly service: string; readonly host?: string; readonly limit: number }): Promise<readonly Version[]>;
  /** The newest `keep` of every service on the host. */
  newestOn(host: string, keep: number): Promise<readonly Version[]>;
}

type Row = Omit<Version, 'tag'> & { readonly tag: string | null };
const COLUMNS = 'service, host, repository, digest, tag, deployment, by, at, verdict';

export function createVersions(sql: Sql): Versions {
  const all = (text: string, params: (string | number)[]) =>
    sql.all<Row>(text, params).map((row): Version => ({ ...row, tag: row.tag ?? undefined }));
  return {
    record: async (version) => recordVersion(sql, version),
    of: async ({ service, host, limit }) =>
      all(
        `select ${COLUMNS} from verified where service = $1 and ($2 = '' or host = $2) order by at desc, host limit $3`,
        [service, host ?? '', limit],
      ),
    newestOn: async (host, keep) =>
      all(
        `select ${COLUMNS} from (
           select *, row_number() over (partition by service order by at desc, digest) as place from verified where host = $1
         ) as ranked where place <= $2 order by service, place`,
        [host, keep],
      ),
  };
}

/** For a transaction that ends a deployment: see `deployments.finish`. */
export function recordVersion(
  sql: Sql,
  { service, host, repository, digest, tag, deployment, by, at, verdict }: Version,
): void {
  sql.all(
    `insert into verified (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (service, host, digest) do update
     set repository = $3, tag = $5, deployment = $6, by = $7, at = $8, verdict = $9 where verified.at <= $8`,
    [service, host, repository, digest, tag ?? null, deployment, by, at, verdict],
  );
}
