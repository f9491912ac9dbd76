import type { Signer } from './signer.ts';
import type { Sql, Value } from './sql.ts';

/** Names one report: an image by its digest, the platform ('' for the scanner's choice), and the scanner. */
export interface ScanKey {
  readonly digest: string;
  readonly platform: string;
  readonly scanner: string;
}

export interface StoredScan {
  /** When the scan ended, Unix milliseconds. */
  readonly at: number;
  readonly body: string;
}

/** The newest report of each image. A cache: a row that Fairlead did not write is none. */
export interface ScanCache {
  get(key: ScanKey): Promise<StoredScan | undefined>;
  put(key: ScanKey, scan: StoredScan): Promise<void>;
}

/** Reports that are kept; beyond that the oldest goes. */
const MOST_KEPT = 300;

export function createScanCache(sql: Sql, signer: Signer): ScanCache {
  const fields = ({ digest, platform, scanner }: ScanKey, { at, body }: StoredScan): Value[] => [
    digest,
    platform,
    scanner,
    at,
    body,
  ];
  return {
    async get(key) {
      const [row] = await sql.query<StoredScan & { readonly mac: string }>(
        'select at, body, mac from scans where digest = $1 and platform = $2 and scanner = $3',
        [key.digest, key.platform, key.scanner],
      );
      return row && signer.fits('scans', fields(key, row), row.mac) ? { at: row.at, body: row.body } : undefined;
    },
    put: (key, scan) =>
      sql.tx(async (tx) => {
        const values = fields(key, scan);
        await tx.query(
          `insert into scans (digest, platform, scanner, at, body, mac) values ($1, $2, $3, $4, $5, $6)
           on conflict (digest, platform, scanner) do update set at = excluded.at, body = excluded.body, mac = excluded.mac`,
          [...values, signer.mac('scans', values)],
        );
        await tx.query(
          `delete from scans where at < (select min(at) from (select at from scans order by at desc limit ${MOST_KEPT}) as newest)`,
        );
      }),
  };
}
