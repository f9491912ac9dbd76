import { expect, it } from 'vitest';
import { addressText, portsText } from '../../src/handlers/containers/ports-text.ts';

const port = (ip: string | undefined, publicPort?: number, privatePort = 80) => ({
  ip,
  publicPort,
  privatePort,
  protocol: 'tcp',
});

it.each([
  ['a port of all addresses once', [port('0.0.0.0', 8080), port('::', 8080)], '0.0.0.0:8080->80/tcp'],
  ['one of all IPv6 addresses alone', [port('::', 8080)], '[::]:8080->80/tcp'],
  ['one of an IPv6 address', [port('::1', 8080)], '[::1]:8080->80/tcp'],
  ['two ports, each of its family', [port('0.0.0.0', 1), port('::', 2)], '0.0.0.0:1->80/tcp, [::]:2->80/tcp'],
  ['one whose engine says no address', [port(undefined, 8080)], '0.0.0.0:8080->80/tcp'],
  ['one that is only exposed', [port('', undefined, 443)], '443/tcp'],
])('ports are written as docker does: %s', (_, ports, text) => {
  expect(portsText(ports)).toBe(text);
});

it('the address of an IPv6 port can be copied into a browser', () => {
  expect(addressText(port('::1', 8080))).toBe('[::1]:8080');
  expect(addressText(port('127.0.0.1', 8080))).toBe('127.0.0.1:8080');
});
