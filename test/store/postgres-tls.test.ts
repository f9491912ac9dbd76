import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { secure } from '../bed/secure-postgres.ts';
import { type PrivateCa, privateCa } from '../registry/private-ca.ts';
import { openedForTest } from './postgres-opened.ts';

describeWithPostgres('a connection to PostgreSQL with TLS', () => {
  let postgres: Postgres;
  let url: string;
  let ours: PrivateCa;
  let other: PrivateCa;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.url();
    ours = privateCa('127.0.0.1');
    other = privateCa('127.0.0.1');
    await secure(postgres, url, ours);
  });
  afterAll(async () => {
    ours[Symbol.dispose]();
    other[Symbol.dispose]();
    await postgres.stop();
  });
  /** The address with these options; `CA`, `OTHER`, `CERT` and `KEY` stand for files. */
  const withOptions = (options: string, host = '127.0.0.1') => {
    const files = { CA: ours.ca, OTHER: other.ca, CERT: ours.certificate, KEY: ours.key };
    const filled = options.replaceAll(/[A-Z]+/gu, (name) => files[name as keyof typeof files]);
    return Object.assign(new URL(url), { hostname: host, search: filled }).href;
  };

  it.each<[string, string, string?]>([
    ['', 'true'],
    ['sslmode=disable', 'false'],
    ['sslmode=require', 'true'],
    ['sslmode=require&sslrootcert=CA', 'true'],
    ['sslmode=verify-ca&sslrootcert=CA', 'true', 'localhost'],
    ['sslmode=verify-full&sslrootcert=CA', 'true'],
    ['sslmode=verify-full&sslrootcert=CA&sslcert=CERT&sslkey=KEY', 'true'],
  ])('with "%s" is encrypted: %s', async (options, isEncrypted, host) => {
    const sql = await openedForTest(withOptions(options, host));
    const query = 'select ssl::text as "isEncrypted" from pg_stat_ssl where pid = pg_backend_pid()';
    expect(await sql.query(query)).toEqual([{ isEncrypted }]);
  });

  it.each<[string, string?]>([
    ['sslmode=verify-full'],
    ['sslmode=verify-full&sslrootcert=system'],
    ['sslmode=verify-ca&sslrootcert=OTHER'],
    ['sslmode=require&sslrootcert=OTHER'],
    ['sslmode=verify-full&sslrootcert=CA', 'localhost'],
  ])('with "%s" is refused to a server that cannot prove its name', async (options, host) => {
    await expect(openedForTest(withOptions(options, host))).rejects.toMatchObject({
      why: expect.stringContaining('its TLS certificate is not accepted'),
      hint: expect.stringContaining('sslrootcert'),
    });
  });

  it('with a file that is not there is refused before anything is sent', async () => {
    await expect(openedForTest(withOptions('sslrootcert=/nowhere/ca.pem'))).rejects.toThrow('sslrootcert that cannot');
  });
});
