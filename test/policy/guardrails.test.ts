import { describe, expect, it } from 'vitest';
import type { GuardedKind } from '../../src/config/guardrails.ts';
import { type Guarded, parseConfig } from '../../src/config.ts';
import { judge, othersVolumes } from '../../src/policy/guardrails.ts';

const guardrails = (text = '{}') =>
  parseConfig(`slack: { team: T0TEAM }\nhosts: { a: { url: "unix:///a" } }\nguardrails: ${text}`, 'f.yml', {})
    .guardrails;
const fact = (kind: GuardedKind, what = '', inherited = false): Guarded => ({ kind, what, inherited });

const ALLOWABLE: readonly [kind: GuardedKind, what: string, allowedBy: string, rule: string][] = [
  ['privileged', '', '{ allow: { privileged: true } }', 'guardrails.allow.privileged'],
  ['host-namespace', 'pid', '{ allow: { hostNamespaces: true } }', 'guardrails.allow.hostNamespaces'],
  ['docker-socket', '/run/docker.sock', '{ allow: { dockerSocket: true } }', 'guardrails.allow.dockerSocket'],
  ['security', 'seccomp=unconfined', '{ allow: { unconfined: true } }', 'guardrails.allow.unconfined'],
  ['device', '/dev/dri/card0', '{ allow: { devices: ["/dev/dri/*"] } }', 'guardrails.allow.devices'],
  ['capability', 'NET_ADMIN', '{ allow: { capabilities: [cap_net_admin] } }', 'guardrails.allow.capabilities'],
  ['capability', 'CAP_NET_ADMIN', '{ allow: { capabilities: [NET_ADMIN] } }', 'guardrails.allow.capabilities'],
  ['bind', '/srv/shop/', '{ allow: { binds: ["/srv/**"] } }', 'guardrails.allow.binds'],
  ['bind', '/', '{ allow: { binds: ["/"] } }', 'guardrails.allow.binds'],
  ['port', '0.0.0.0:80/tcp', '{ allow: { ports: any } }', 'guardrails.allow.ports'],
  ['port', '[::]:443/tcp', '{ allow: { ports: any } }', 'guardrails.allow.ports'],
  ['no-memory-limit', '', '{ require: [pids] }', 'guardrails.require'],
];

describe('judge', () => {
  it.each(ALLOWABLE)('refuses %s %s unless the config allows it', (kind, what, allowedBy, rule) => {
    expect(judge([fact(kind, what)], guardrails())).toMatchObject({
      refused: [{ what: what || kind, rule }],
      inherited: [],
    });
    expect(judge([fact(kind, what)], guardrails(allowedBy))).toEqual({ refused: [], inherited: [] });
  });

  it.each(ALLOWABLE)('only says %s %s when the container before had it', (kind, what) => {
    expect(judge([fact(kind, what, true)], guardrails())).toMatchObject({
      refused: [],
      inherited: [{ what: what || kind }],
    });
  });

  it.each(['volumes-from', 'sysctl', 'runtime', 'cgroup'] as const)('lets %s be carried over, never be new', (kind) => {
    expect(judge([fact(kind, 'x')], guardrails()).refused).toMatchObject([{ what: 'x', rule: 'guardrails' }]);
    expect(judge([fact(kind, 'x', true)], guardrails()).refused).toEqual([]);
  });

  it('lets a container keep the namespace of another one, and no other program get it', () => {
    const joined = (inherited: boolean) =>
      judge([fact('container-namespace', 'pid=container:db', inherited)], guardrails());
    expect(joined(false).refused).toMatchObject([{ what: 'pid=container:db', rule: 'guardrails' }]);
    expect(joined(true)).toEqual({ refused: [], inherited: [] });
  });

  it.each(['NET_BIND_SERVICE', 'CAP_CHOWN', 'cap_setuid'])(
    'lets a container have %s, as docker gives it to all',
    (name) => {
      expect(judge([fact('capability', name)], guardrails()).refused).toEqual([]);
    },
  );

  it.each(['ALL', 'CAP_ALL', 'SYS_ADMIN', 'sys_ptrace', 'NET_ADMIN', 'SYS_MODULE'])('refuses %s', (name) => {
    expect(judge([fact('capability', name)], guardrails()).refused).toHaveLength(1);
  });

  it.each(['/srv/../etc', '/srv/./x', 'srv/x', ''])('does not let "%s" pass for a folder under /srv', (source) => {
    expect(judge([fact('bind', source)], guardrails('{ allow: { binds: ["/srv/**", "**"] } }')).refused).toHaveLength(
      1,
    );
  });

  it.each([
    ['127.0.0.1:80/tcp', true, true],
    ['127.1.2.3:80/tcp', true, true],
    ['[::1]:80/tcp', true, true],
    ['0.0.0.0:8080/tcp', false, true],
    ['0.0.0.0:1024/udp', false, true],
    ['0.0.0.0:1023/tcp', false, false],
    ['[::]:8080/tcp', false, true],
    ['10.0.0.1:22/tcp', false, false],
    ['127.evil.example:22/tcp', false, false],
    ['0.0.0.0:/tcp', false, true],
    ['0.0.0.0:0/tcp', false, true],
    ['0.0.0.0:8000-8010/tcp', false, true],
    ['[::]:1024-1024/udp', false, true],
    ['0.0.0.0:80-9000/tcp', false, false],
    ['0.0.0.0:0-9000/tcp', false, false],
    ['0.0.0.0:9000-80/tcp', false, false],
    ['127.0.0.1:80-90/tcp', true, true],
    ['0.0.0.0:8000-/tcp', false, false],
    ['0.0.0.0:-80/tcp', false, false],
    ['unintelligible', false, false],
  ])('knows who reaches %s', (what, loopback, unprivileged) => {
    const passes = (ports: string) =>
      judge([fact('port', what)], guardrails(`{ allow: { ports: ${ports} } }`)).refused.length === 0;
    expect({ loopback: passes('loopback'), unprivileged: passes('unprivileged') }).toEqual({ loopback, unprivileged });
  });

  it('asks for the limits it is told to, each with its own reason', () => {
    const kinds = ['no-memory-limit', 'no-pids-limit', 'no-restart', 'no-healthcheck'] as const;
    const { refused } = judge(
      kinds.map((kind) => fact(kind)),
      guardrails('{ require: [memory, pids, restart, healthcheck] }'),
    );
    expect(refused.map(({ what }) => what)).toEqual(kinds);
    expect(new Set(refused.map(({ why }) => why)).size).toBe(4);
    const none = judge(
      kinds.map((kind) => fact(kind)),
      guardrails('{ require: [] }'),
    );
    expect(none.refused).toEqual([]);
  });
});

it('names the volumes of others that the config lets a container have, and no others', () => {
  const config = guardrails('{ allow: { volumes: ["shared-*"] } }');
  const facts = [
    fact('volume', 'shared-data'),
    fact('volume', 'shared-old', true),
    fact('volume', 'private'),
    fact('bind', '/srv/x'),
  ];
  expect(othersVolumes(facts, config)).toEqual(['shared-data']);
});
