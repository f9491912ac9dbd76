/** The Debian packages of PostgreSQL and PgBouncer, each with what shows that it is installed. */
export const POSTGRES_PACKAGES = {
  postgresql: '/usr/bin/pg_ctlcluster',
  pgbouncer: 'pgbouncer',
};
