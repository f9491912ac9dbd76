import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/docker/diagnosis/diagnose.ts';
import type { ContainerFacts } from '../../../src/docker/diagnosis/facts.ts';
import { explainRefusal } from '../../../src/docker/diagnosis/refusal.ts';
import { factsOf } from './facts.ts';

const ids = (facts: ContainerFacts) => diagnose(facts).causes.map(({ id }) => id);
const neighbour = (name: string, more: Partial<NonNullable<ContainerFacts['neighbours']>[number]> = {}) => ({
  name,
  names: [name],
  state: 'running' as const,
  status: 'Up 2 hours',
  networks: ['shop'],
  ports: [],
  composeService: undefined,
  ...more,
});

describe('the causes of what can hardly be provoked', () => {
  it('a host that went down under a container without a restart policy', () => {
    expect(ids(factsOf({ state: { exitCode: 255 } }))[0]).toBe('host-went-down');
    // Its end was seen, or the events could not be read: then nothing is known of the host.
    const died = { action: 'die', at: 1, exitCode: 255, signal: undefined };
    expect(ids(factsOf({ state: { exitCode: 255 }, events: [died] }))).not.toContain('host-went-down');
    expect(ids(factsOf({ state: { exitCode: 255 }, events: undefined }))).not.toContain('host-went-down');
  });

  it('a removal that did not finish', () => {
    expect(ids(factsOf({ state: { status: 'dead', exitCode: 0 } }))[0]).toBe('removal-stuck');
  });

  it('an image for another processor is named with both', () => {
    const facts = factsOf({ platform: { os: 'linux', arch: 'arm64' }, lines: ['exec /app: exec format error'] });
    expect(diagnose(facts).causes[0]).toMatchObject({ id: 'wrong-architecture' });
    expect(diagnose(facts).causes[0]?.sentence).toContain('arm64');
  });

  it('what a log says of a container that is well is no cause', () => {
    const health = { status: 'healthy', failingStreak: 0, checks: [], test: [], intervalMs: 0, startPeriodMs: 0 };
    const lines = ['Error: connect ECONNREFUSED 10.0.0.9:5432'];
    const [cause] = diagnose(factsOf({ state: { status: 'running', exitCode: 0 }, health, lines })).causes;
    expect(cause?.rank).toBeLessThan(20);
  });

  it('a restart of long ago is no crash loop', () => {
    const state = { status: 'running', exitCode: 0, startedAt: Date.UTC(2026, 10, 20) } as const;
    const died = { action: 'die', at: 1, exitCode: 1, signal: undefined };
    expect(ids(factsOf({ state, restarts: 3, events: [died] }))).toEqual([]);
    const now = { ...state, startedAt: Date.UTC(2026, 10, 28, 11, 59) };
    expect(ids(factsOf({ state: now, restarts: 3, events: [died] }))).toEqual(['crash-loop']);
  });

  it('who holds a port is found among the other containers', () => {
    const ports = [{ ip: '0.0.0.0', privatePort: 80, publicPort: 8080, protocol: 'tcp' }];
    const error =
      'driver failed programming external connectivity on endpoint shop (1): Bind for 0.0.0.0:8080 failed: port is already allocated';
    const [cause] = diagnose(factsOf({ state: { error }, neighbours: [neighbour('web', { ports })] })).causes;
    expect(cause).toMatchObject({ id: 'port-taken' });
    expect(cause?.sentence).toContain('`web`');
  });

  it('a name of a Compose service leads to its container', () => {
    const lines = ['Error: getaddrinfo ENOTFOUND db'];
    const db = (more: object) => neighbour('demo-db-1', { composeService: 'db', ...more });
    expect(ids(factsOf({ lines, neighbours: [db({ networks: ['other'] })] }))[0]).toBe('wrong-network');
    expect(ids(factsOf({ lines, neighbours: [db({ state: 'exited', status: 'Exited (1) 2 minutes ago' })] }))[0]).toBe(
      'dependency-down',
    );
    expect(ids(factsOf({ lines, neighbours: [] }))[0]).toBe('name-unknown');
  });
});

it('nothing is made up: a container that said nothing has its exit code for a cause, and no more', () => {
  expect(ids(factsOf())).toEqual(['exited-with-error']);
  expect(diagnose(factsOf({ unread: ['log'] })).unread).toEqual(['log']);
});

it.each([
  ['failed to bind host port 0.0.0.0:8080:172.17.0.2:80/tcp: address already in use', 'port-taken'],
  ['Address already in use', 'address-taken'],
  [
    'OCI runtime create failed: runc create failed: unable to start container process: exec: "/app": permission denied: unknown',
    'not-executable',
  ],
  ['mkdir /var/lib/docker/overlay2/x: no space left on device', 'disk-full'],
  ['something that nobody has written yet', undefined],
])('an engine that refuses with %j', (engineSaid, id) => {
  expect(explainRefusal(engineSaid, { host: 'web-1' })?.id).toBe(id);
});
