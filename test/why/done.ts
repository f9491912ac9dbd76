import type { Row } from './provoke.ts';
import { sh } from './scene.ts';

const LONG = 'sleep 600 & wait';

/** Looks a name up and connects to port 8080 there, and says what Node does. The C library of this busybox cannot look up names. */
const connect = (name: string) =>
  `at=$(nslookup ${name} 2>/dev/null | awk '/^Name/ {found=1} found && /^Address/ {print $NF; exit}')
  [ -n "$at" ] || { echo "Error: getaddrinfo ENOTFOUND ${name}" >&2; exit 1; }
  nc -w 3 "$at" 8080 </dev/null || { echo "Error: connect ECONNREFUSED ${name}:8080" >&2; exit 1; }`;

/** What containers really do that ends badly. */
export const DONE: readonly Row[] = [
  {
    what: 'writes to a root that is read-only',
    expected: 'read-only-file-system',
    body: { ...sh('echo x >/data/x'), HostConfig: { ReadonlyRootfs: true } },
  },
  {
    what: 'writes to a mount that is read-only',
    expected: 'read-only-mount',
    body: sh('echo x >/srv/x'),
    async before({ volume }) {
      return { HostConfig: { Binds: [`${await volume()}:/srv:ro`] } };
    },
  },
  {
    what: 'writes to a volume of root as another user',
    expected: 'mount-permission',
    body: { ...sh('echo x >/srv/x'), User: '1000' },
    async before({ volume }) {
      return { HostConfig: { Binds: [`${await volume()}:/srv`] } };
    },
  },
  {
    what: 'writes to a folder of the image that belongs to root',
    expected: 'permission-denied',
    body: { ...sh('mkdir /data/x'), User: '1000' },
  },
  { what: 'reads a file that is not there', expected: 'file-missing', body: sh('cat /etc/app/config.yml') },
  {
    what: 'a mount hides the file it starts with',
    expected: 'file-missing',
    body: sh('sh /data/start.sh'),
    async before({ volume }) {
      return { HostConfig: { Binds: [`${await volume()}:/data`] } };
    },
  },
  {
    what: 'fills its tmpfs',
    expected: 'disk-full',
    body: { ...sh('dd if=/dev/zero of=/scratch/x bs=1k count=4096'), HostConfig: { Tmpfs: { '/scratch': 'size=1m' } } },
  },
  {
    what: 'starts more processes than it may',
    expected: 'too-many-processes',
    body: { ...sh('i=0; while [ $i -lt 30 ]; do sleep 3 & i=$((i+1)); done; wait'), HostConfig: { PidsLimit: 8 } },
  },
  { what: 'a name, without any network', expected: 'no-network', body: sh(connect('shop-db')) },
  {
    what: 'a name that nobody has',
    expected: 'name-unknown',
    body: sh(connect('nobody-at-all')),
    async before({ network }) {
      return { HostConfig: { NetworkMode: await network() } };
    },
  },
  {
    what: 'a container on another network',
    expected: 'wrong-network',
    body: sh('true'),
    async before({ network, neighbour }) {
      const other = await neighbour({ ...sh(LONG), HostConfig: { NetworkMode: await network() } });
      return { ...sh(connect(other)), HostConfig: { NetworkMode: await network() } };
    },
  },
  {
    what: 'a container by name on the default bridge, where names do not resolve',
    expected: 'wrong-network',
    body: sh('true'),
    async before({ neighbour }) {
      const other = await neighbour({ ...sh(LONG), HostConfig: { NetworkMode: 'bridge' } });
      return { ...sh(connect(other)), HostConfig: { NetworkMode: 'bridge' } };
    },
  },
  {
    what: 'a container that does not run',
    expected: 'dependency-down',
    body: sh('true'),
    async before({ network, neighbour, call }) {
      const shared = await network();
      const other = await neighbour({ ...sh('exit 1'), HostConfig: { NetworkMode: shared } });
      await call('POST', `/containers/${other}/wait`);
      return { ...sh(connect(other)), HostConfig: { NetworkMode: shared } };
    },
  },
  {
    what: 'a container that does not listen',
    expected: 'dependency-refused-connection',
    body: sh('true'),
    async before({ network, neighbour }) {
      const shared = await network();
      const other = await neighbour({ ...sh(LONG), HostConfig: { NetworkMode: shared } });
      return { ...sh(connect(other)), HostConfig: { NetworkMode: shared } };
    },
  },
  {
    what: 'localhost, where the other container was meant',
    expected: 'connects-to-itself',
    body: sh('nc 127.0.0.1 5432 || { echo "Error: connect ECONNREFUSED 127.0.0.1:5432" >&2; exit 1; }'),
  },
  {
    what: 'a script calls a program the image does not have, with set -e',
    expected: 'command-not-found',
    body: sh('set -e; echo start; pg_isready -h db; echo never'),
  },
  {
    what: 'restarts since its file is missing',
    expected: 'file-missing',
    body: { ...sh('cat /etc/app.conf'), HostConfig: { RestartPolicy: { Name: 'always' } } },
    until: ({ RestartCount }) => RestartCount >= 2,
  },
];
