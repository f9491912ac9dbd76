import { describe, expect, it } from 'vitest';
import { type Guarded, parseConfig } from '../../src/config.ts';
import { judge } from '../../src/policy/guardrails.ts';

const guardrails = (text = '{}') =>
  parseConfig(`slack: { team: T0TEAM }\nhosts: { a: { url: "unix:///a" } }\nguardrails: ${text}`, 'f.yml', {})
    .guardrails;

const port = (hostPort: number | undefined, hostIp = ''): Guarded => ({
  kind: 'port',
  hostIp,
  hostPort,
  protocol: 'tcp',
});
const bind = (source: string, readOnly = false): Guarded => ({ kind: 'bind', source, readOnly });

const CASES: readonly [fact: Guarded, allowedBy: string, what: string, rule: string][] = [
  [{ kind: 'privileged' }, '{ allow: { privileged: true } }', 'privileged', 'guardrails.allow.privileged'],
  [
    { kind: 'host-namespace', namespace: 'pid' },
    '{ allow: { hostNamespaces: true } }',
    'pid: host',
    'guardrails.allow.hostNamespaces',
  ],
  [
    { kind: 'docker-socket', source: '/run/docker.sock' },
    '{ allow: { dockerSocket: true } }',
    '/run/docker.sock',
    'guardrails.allow.dockerSocket',
  ],
  [
    { kind: 'unconfined', option: 'seccomp=unconfined' },
    '{ allow: { unconfined: true } }',
    'seccomp=unconfined',
    'guardrails.allow.unconfined',
  ],
  [
    { kind: 'device', path: '/dev/dri/card0' },
    '{ allow: { devices: ["/dev/dri/*"] } }',
    '/dev/dri/card0',
    'guardrails.allow.devices',
  ],
  [
    { kind: 'capability', name: 'CAP_NET_ADMIN' },
    '{ allow: { capabilities: [net_admin] } }',
    'NET_ADMIN',
    'guardrails.allow.capabilities',
  ],
  [bind('/srv/shop/'), '{ allow: { binds: ["/srv/**"] } }', '/srv/shop/', 'guardrails.allow.binds'],
  [bind('/', true), '{ allow: { binds: ["/"] } }', '/', 'guardrails.allow.binds'],
  [port(80), '{ allow: { ports: any } }', '0.0.0.0:80/tcp', 'guardrails.allow.ports'],
  [port(443, '2001:db8::1'), '{ allow: { ports: any } }', '[2001:db8::1]:443/tcp', 'guardrails.allow.ports'],
  [{ kind: 'missing', what: 'memory' }, '{ require: [pids] }', 'no memory', 'guardrails.require'],
];

describe('judge', () => {
  it.each(CASES)('refuses %j unless the config allows it', (fact, allowedBy, what, rule) => {
    expect(judge([fact], guardrails())).toMatchObject({ refused: [{ what, rule }], inherited: [] });
    expect(judge([fact], guardrails(allowedBy))).toEqual({ refused: [], inherited: [] });
  });

  it.each(CASES)('only says %j when the container before had it', (fact, _, what) => {
    expect(judge([fact], guardrails(), [fact])).toMatchObject({ refused: [], inherited: [{ what }] });
  });

  it.each([
    ['a folder becomes writable', bind('/srv/x', true), bind('/srv/x')],
    ['another folder', bind('/srv/x'), bind('/etc')],
    ['another port', port(80), port(22)],
    ['from loopback to every address', port(80, '127.0.0.1'), port(80)],
  ])('takes what is worse than before as new: %s', (_, before, after) => {
    expect(judge([after], guardrails(), [before]).refused).toHaveLength(1);
  });

  it.each(['/srv/../etc', '/srv/./x', 'srv/x'])('does not let %s pass for a folder under /srv', (source) => {
    expect(judge([bind(source)], guardrails('{ allow: { binds: ["/srv/**", "**"] } }')).refused).toHaveLength(1);
  });

  it('knows loopback, ports the engine picks, and the range an ordinary user may take', () => {
    const refused = (fact: Guarded, ports: string) =>
      judge([fact], guardrails(`{ allow: { ports: ${ports} } }`)).refused.length === 1;
    expect(refused(port(80, '127.0.0.1'), 'loopback')).toBe(false);
    expect(refused(port(80, '::1'), 'unprivileged')).toBe(false);
    expect(refused(port(8080), 'loopback')).toBe(true);
    expect(refused(port(undefined), 'loopback')).toBe(true);
    expect(refused(port(undefined), 'unprivileged')).toBe(false);
    expect(refused(port(1024), 'unprivileged')).toBe(false);
    expect(refused(port(1023), 'unprivileged')).toBe(true);
  });

  it('judges every limit that may be required', () => {
    const all = guardrails('{ require: [memory, pids, restart, healthcheck] }');
    const missing = (['memory', 'pids', 'restart', 'healthcheck'] as const).map(
      (what): Guarded => ({ kind: 'missing', what }),
    );
    expect(judge(missing, all).refused.map(({ what }) => what)).toEqual([
      'no memory',
      'no pids',
      'no restart',
      'no healthcheck',
    ]);
    expect(new Set(judge(missing, all).refused.map(({ why }) => why)).size).toBe(4);
  });
});
