import type { Row } from './provoke.ts';
import { says } from './said.ts';
import { sh } from './scene.ts';

const SECOND = 1e9;
const LONG = 'sleep 600 & wait';
const always = { RestartPolicy: { Name: 'always' } };

/** Written down before there was any rule, to see what the rules were not made for. */
export const HELD_OUT: readonly Row[] = [
  says(
    'held out: a configuration file is missing',
    'file-missing',
    '2026/11/28 09:00:00 [emerg] 1#1: open() "/etc/app.conf" failed (2: No such file or directory)',
  ),
  says(
    'held out: a data folder of another owner',
    'wrong-ownership',
    'FATAL: data directory "/data/pg" has wrong ownership',
  ),
  says(
    'held out: Node, a module',
    'module-missing',
    "Error: Cannot find module '/app/server.js'",
    "  code: 'MODULE_NOT_FOUND'",
  ),
  says(
    'held out: Python, a module',
    'module-missing',
    'Traceback (most recent call last):',
    "ModuleNotFoundError: No module named 'flask'",
  ),
  {
    what: 'held out: exits with 3 each time',
    expected: 'crash-loop',
    body: { ...sh('exit 3'), HostConfig: always },
    until: ({ RestartCount }) => RestartCount >= 4,
  },
  {
    what: 'held out: curl in a health check',
    expected: 'health-command-missing',
    body: {
      ...sh(LONG),
      Healthcheck: { Test: ['CMD-SHELL', 'curl -fsS localhost:3000/up'], Interval: SECOND / 2, Retries: 2 },
    },
    until: ({ State }) => State.Health?.Status === 'unhealthy',
  },
  {
    what: 'held out: a read-only root',
    expected: 'read-only-file-system',
    body: { ...sh('touch /x'), HostConfig: { ReadonlyRootfs: true } },
  },
  {
    what: 'held out: the database is on another network',
    expected: 'wrong-network',
    body: sh('true'),
    async before({ network, neighbour }) {
      const db = await neighbour({ ...sh(LONG), HostConfig: { NetworkMode: await network() } });
      const wait = `nslookup ${db} >/dev/null 2>&1 || { echo "could not translate host name \\"${db}\\" to address: Name or service not known"; exit 2; }`;
      return { ...sh(wait), HostConfig: { NetworkMode: await network() } };
    },
  },
  {
    what: 'held out: docker kill',
    expected: 'killed-by-someone',
    body: sh(LONG),
    after: ({ call, name }) => call('POST', `/containers/${name}/kill?signal=KILL`),
  },
  {
    what: 'held out: too few pids',
    expected: 'too-many-processes',
    body: { ...sh('for i in 1 2 3 4 5 6 7 8 9; do sleep 2 & done; wait'), HostConfig: { PidsLimit: 5 } },
  },
  says(
    'held out: an expired certificate',
    'certificate-expired',
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  ),
  says(
    'held out: the heap of Java',
    'heap-exhausted',
    'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space',
  ),
];

/** Ten more kinds, thought of when the rules stood. */
export const THOUGHT_OF_LATER: readonly Row[] = [
  says(
    'later: a gem is missing',
    'module-missing',
    'bundler: failed to load command: puma (/usr/local/bundle/bin/puma)',
    'Could not find rails-7.1.3 in locally installed gems (Bundler::GemNotFound)',
  ),
  says(
    'later: Java, a name does not resolve',
    ['name-unknown', 'no-network'],
    'java.net.UnknownHostException: zookeeper: Name or service not known',
  ),
  says(
    'later: .NET is missing',
    ['library-missing', 'module-missing'],
    'You must install or update .NET to run this application.',
    "The framework 'Microsoft.NETCore.App', version '8.0.0' (x64) was not found.",
  ),
  { what: 'later: an option as the command', expected: 'command-not-found', body: { Cmd: ['--port=80'] } },
  {
    what: 'later: too little shared memory',
    expected: 'disk-full',
    body: { ...sh('dd if=/dev/zero of=/dev/shm/x bs=1k count=9000'), HostConfig: { ShmSize: 1e6 } },
  },
  says(
    'later: MySQL, its data folder is not empty',
    ['data-folder-not-empty'],
    '[ERROR] [MY-010457] [Server] --initialize specified but the data directory has files in it. Aborting.',
  ),
  says(
    'later: a proxy does not answer',
    ['dependency-unreachable', 'dependency-refused-connection'],
    "fatal: unable to access 'https://git.example.com/x.git/': Failed to connect to proxy.internal port 3128 after 130 ms: Connection refused",
  ),
  { what: 'later: a system call that is forbidden', expected: 'system-call-forbidden', body: sh('exit 159') },
  {
    what: 'later: a file that the host does not have was mounted, so the engine made a folder',
    expected: 'mounted-folder-for-file',
    body: { ...sh('cat /etc/app.conf'), HostConfig: { Binds: ['/tmp/no-such-file.conf:/etc/app.conf'] } },
  },
  says(
    'later: Postgres refuses the address',
    'dependency-refused-login',
    'FATAL:  no pg_hba.conf entry for host "172.18.0.5", user "shop", database "shop", no encryption',
  ),
];
