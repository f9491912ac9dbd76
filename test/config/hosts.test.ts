import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';

it.each([
  ['url: "file:///x"', 'must be unix:///path'],
  ['url: "tcp://h:1"', 'a tcp host needs tls'],
  ['url: "ssh://u@h"', 'an ssh host needs knownHosts'],
  ['url: "unix:///x", tls: { ca: a, cert: b, key: c }', 'tls belongs to tcp:// hosts'],
  ['url: "tcp://fairlead:hunter2@h:1", insecure: true', 'must have no account in it'],
  ['url: "tcp://hunter2@h:1", insecure: true', 'must have no account in it'],
  ['url: "tcp://fairlead:hunter2/x@h:1", insecure: true', 'must have no account in it'],
  ['url: "ssh://fairlead:hunter2@h", knownHosts: k', 'must have no password in it: use identity'],
  ['url: "tcp://hunter2 h:1", insecure: true', 'is no address'],
])('a host { %s } is refused with the reason, and without its password', (host, expected) => {
  const parse = () => parseConfig(`slack: { team: T0TEAM }\nhosts: { a: { ${host} } }`, 'f.yml', {});
  expect(parse).toThrow(expected);
  expect(parse).not.toThrow('hunter2');
});
