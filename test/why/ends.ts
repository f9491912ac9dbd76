import type { Row } from './provoke.ts';
import { type Scene, sh } from './scene.ts';

const looping = { until: ({ RestartCount }: { RestartCount: number }) => RestartCount >= 2 };
const always = { RestartPolicy: { Name: 'always' } };
const running = ({ State }: { State: { Running: boolean } }) => State.Running;
const LONG = 'sleep 600 & wait';

const PUBLISHED = {
  ExposedPorts: { '8080/tcp': {} },
  HostConfig: { NetworkMode: 'bridge', PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1' }] } },
};
/** Waits until something listens in it. */
const listens = ({ run }: Scene) =>
  run('sh', '-c', 'until grep -q " 0A " /proc/net/tcp /proc/net/tcp6; do usleep 50000; done');

/** How containers end, and why they do not begin. */
export const ENDS: readonly Row[] = [
  { what: 'exits with an error and says nothing', expected: 'exited-with-error', body: sh('exit 3') },
  { what: 'its command ends without an error', expected: 'command-ended', body: sh('echo done') },
  { what: 'only a shell, without a terminal', expected: 'shell-without-terminal', body: { Cmd: ['sh'] } },
  {
    what: 'restarts again and again with an error',
    expected: 'crash-loop',
    body: { ...sh('exit 4'), HostConfig: always },
    ...looping,
  },
  {
    what: 'restarts again and again, each time without an error',
    expected: 'command-ended',
    body: { ...sh('true'), HostConfig: always },
    ...looping,
  },
  { what: 'command not in the image', expected: 'command-not-found', body: { Cmd: ['nopecmd', '--x'] } },
  {
    what: 'entrypoint not in the image',
    expected: 'command-not-found',
    body: { Entrypoint: ['/app/start.sh'], Cmd: [] },
  },
  { what: 'a folder as the command', expected: 'not-executable', body: { Cmd: ['/etc'] } },
  { what: 'a script without the executable bit', expected: 'not-executable', body: sh('echo x >/tmp/x; exec /tmp/x') },
  { what: 'a script calls what the image does not have', expected: 'command-not-found', body: sh('flask run') },
  {
    what: 'killed for its memory limit',
    expected: 'out-of-memory',
    body: {
      ...sh('x=$(head -c 200m /dev/zero | tr "\\0" x); echo "$x"'),
      HostConfig: { Memory: 16e6, MemorySwap: 16e6 },
    },
  },
  {
    what: 'docker kill',
    expected: 'killed-by-someone',
    body: sh(LONG),
    after: ({ call, name }) => call('POST', `/containers/${name}/kill`),
  },
  {
    what: 'docker stop, and it ends at once',
    expected: 'stopped',
    body: sh(`trap "exit 0" TERM; ${LONG}`),
    after: ({ call, name }) => call('POST', `/containers/${name}/stop`),
  },
  {
    what: 'docker stop, and it has to be killed',
    expected: 'stopped-by-kill',
    body: sh(`trap "" TERM; ${LONG}; ${LONG}`),
    after: ({ call, name }) => call('POST', `/containers/${name}/stop?t=1`),
  },
  {
    what: 'docker pause',
    expected: 'paused',
    body: sh(LONG),
    after: ({ call, name }) => call('POST', `/containers/${name}/pause`),
    until: ({ State }) => State.Status === 'paused',
  },
  {
    what: 'created and never started',
    expected: 'never-started',
    body: sh(LONG),
    isNotStarted: true,
    until: () => true,
  },
  {
    what: 'segmentation fault of the main process',
    expected: 'segmentation-fault',
    body: sh("sh -c 'kill -SEGV $$'; exit 139"),
  },
  { what: 'abort of the main process', expected: 'aborted-itself', body: sh('exit 134') },
  { what: 'user not in the image', expected: 'user-missing', body: { ...sh('true'), User: 'nosuchuser' } },
  {
    what: 'it listens on 127.0.0.1 only',
    expected: 'listens-on-loopback',
    body: { ...sh('httpd -f -p 127.0.0.1:8080'), ...PUBLISHED },
    until: running,
    after: listens,
  },
  {
    what: 'it listens on another port than the one that is published',
    expected: 'port-not-listened',
    body: { ...sh('httpd -f -p 9090'), ...PUBLISHED },
    until: running,
    after: listens,
  },
  { what: 'it runs well', expected: [], body: sh(LONG), until: running },
];
