import type { Row } from './provoke.ts';

/** The same where there is a network. */
const onNetwork = (row: Row): Row => ({ ...row, body: { ...row.body, HostConfig: { NetworkMode: 'bridge' } } });

/** A program that says this and exits with 1, as programs of many kinds do. */
export const says = (what: string, expected: Row['expected'], ...lines: readonly string[]): Row => ({
  what,
  expected,
  body: { Cmd: ['sh', '-c', 'printf "%s\\n" "$@" >&2; exit 1', 'sh', ...lines] },
});

/** What real programs write before they end, word for word. */
export const SAID: readonly Row[] = [
  says(
    'Node: a module is missing',
    'module-missing',
    'node:internal/modules/cjs/loader:1143',
    '  throw err;',
    '  ^',
    '',
    "Error: Cannot find module '/app/server.js'",
    '    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15)',
    "  code: 'MODULE_NOT_FOUND',",
    '  requireStack: []',
    '}',
    '',
    'Node.js v20.11.1',
  ),
  says(
    'Python: a module is missing',
    'module-missing',
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 1, in <module>',
    '    from flask import Flask',
    "ModuleNotFoundError: No module named 'flask'",
  ),
  says('Java: the jar is missing', 'module-missing', 'Error: Unable to access jarfile /app/app.jar'),
  says(
    'Go: a variable is missing',
    'variable-missing',
    '2026/11/28 09:12:01 config: environment variable DATABASE_URL is not set',
  ),
  says('shell: a variable is not set', 'variable-missing', '/entrypoint.sh: line 4: API_TOKEN: unbound variable'),
  says(
    'Python: a variable is missing',
    'variable-missing',
    'Traceback (most recent call last):',
    '  File "/app/settings.py", line 12, in <module>',
    "    SECRET = os.environ['APP_SECRET']",
    "KeyError: 'APP_SECRET'",
  ),
  says(
    'Postgres: no password for its first start',
    'variable-missing',
    'Error: Database is uninitialized and superuser password is not specified.',
    '       You must specify POSTGRES_PASSWORD to a non-empty value for the',
    '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
  ),
  onNetwork(
    says(
      'Node: the name of the database does not resolve',
      'name-unknown',
      'Error: getaddrinfo ENOTFOUND shop-db-of-nobody',
      '    at GetAddrInfoReqWrap.onlookup [as oncomplete] (node:dns:107:26) {',
      '  errno: -3008,',
      "  code: 'ENOTFOUND',",
      "  hostname: 'shop-db-of-nobody'",
    ),
  ),
  onNetwork(
    says(
      'nginx: an upstream does not resolve',
      'name-unknown',
      '2026/11/28 09:12:01 [emerg] 1#1: host not found in upstream "api-of-nobody" in /etc/nginx/conf.d/default.conf:4',
      'nginx: [emerg] host not found in upstream "api-of-nobody" in /etc/nginx/conf.d/default.conf:4',
    ),
  ),
  says(
    'Node: the database refuses the connection',
    'dependency-refused-connection',
    'Error: connect ECONNREFUSED 172.18.0.3:5432',
    '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)',
  ),
  says(
    'psql: connection refused',
    'dependency-refused-connection',
    'psql: error: connection to server at "shop-db-x" (172.20.0.2), port 5432 failed: Connection refused',
    '\tIs the server running on that host and accepting TCP/IP connections?',
  ),
  says(
    'Go: it connects to itself',
    'connects-to-itself',
    'panic: dial tcp 127.0.0.1:6379: connect: connection refused',
  ),
  says(
    'Postgres: wrong password',
    'dependency-refused-login',
    'FATAL:  password authentication failed for user "shop"',
  ),
  says(
    'MySQL: wrong password',
    'dependency-refused-login',
    "ERROR 1045 (28000): Access denied for user 'shop'@'172.18.0.4' (using password: YES)",
  ),
  says(
    'Postgres: no such database',
    'database-missing',
    'psycopg2.OperationalError: FATAL:  database "shop_prod" does not exist',
  ),
  says(
    'a migration is missing',
    'migration-missing',
    'sqlalchemy.exc.ProgrammingError: (psycopg2.errors.UndefinedTable) relation "orders" does not exist',
  ),
  says(
    'Java: the heap is exhausted',
    'heap-exhausted',
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
    '\tat java.base/java.util.Arrays.copyOf(Arrays.java:3537)',
  ),
  says(
    'Node: the heap is exhausted',
    'heap-exhausted',
    '<--- Last few GCs --->',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  ),
  says(
    'nginx: its configuration is wrong',
    'configuration-invalid',
    'nginx: [emerg] unknown directive "proxy_passs" in /etc/nginx/nginx.conf:12',
  ),
  says(
    'YAML: its configuration is wrong',
    'configuration-invalid',
    'Error loading config: yaml: line 7: mapping values are not allowed in this context',
  ),
  says(
    'an option the program does not know',
    'unknown-option',
    "error: unexpected argument '--serve' found",
    '',
    'Usage: app [OPTIONS]',
  ),
  says(
    'Go: a flag the program does not know',
    'unknown-option',
    'flag provided but not defined: -listen-adress',
    'Usage of /app:',
  ),
  says(
    'Node: its port is taken within the container',
    'port-in-use-inside',
    'Error: listen EADDRINUSE: address already in use :::3000',
    '    at Server.setupListenHandle [as _listen2] (node:net:1463:16)',
  ),
  says(
    'nginx: a port below 1024 without root',
    'port-needs-root',
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
  ),
  says(
    'Go: a certificate has expired',
    'certificate-expired',
    'Get "https://api.example.com/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-28T09:00:00Z is after 2026-11-01T00:00:00Z',
  ),
  says(
    'Node: a certificate nobody signed',
    'certificate-unknown',
    'Error: self-signed certificate in certificate chain',
    "  code: 'SELF_SIGNED_CERT_IN_CHAIN'",
  ),
  says(
    'Elasticsearch: a setting of the host',
    'memory-lock-limit',
    'ERROR: [1] bootstrap checks failed',
    'bootstrap check failure [1] of [1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]',
  ),
  says(
    'Postgres: data of another version',
    'data-of-another-version',
    'FATAL:  database files are incompatible with server',
    'DETAIL:  The data directory was initialized by PostgreSQL version 14, which is not compatible with this version 16.3.',
  ),
  says(
    'Postgres: data of another user',
    'wrong-ownership',
    'FATAL:  data directory "/var/lib/postgresql/data" has wrong ownership',
    'HINT:  The server must be started by the user that owns the data directory.',
  ),
  says(
    'MongoDB: its data is locked',
    'data-folder-locked',
    'exception in initAndListen: DBPathInUse: Unable to lock the lock file: /data/db/mongod.lock (Resource temporarily unavailable). Another mongod instance is already running on the /data/db directory',
  ),
  says(
    'a library is missing',
    'library-missing',
    '/app/server: error while loading shared libraries: libssl.so.1.1: cannot open shared object file: No such file or directory',
  ),
  says(
    'a program for a newer C library',
    'library-missing',
    "/app/server: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by /app/server)",
  ),
  says('too many open files', 'too-many-files', 'accept4: too many open files; retrying in 1s'),
  says(
    'a panic of its own',
    'program-error',
    'panic: runtime error: index out of range [3] with length 3',
    '',
    'goroutine 1 [running]:',
  ),
  says(
    'a script that waits too long',
    'startup-timeout',
    'wait-for-it.sh: waiting 15 seconds for db:5432',
    'wait-for-it.sh: timeout occurred after waiting 15 seconds for db:5432',
  ),
  says('refuses to run as root', 'started-as-root', 'Fatal: this program must not be run as root'),
];
