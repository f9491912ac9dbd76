import { expect, it } from 'vitest';
import { hasPrivateKey, isSecretPath } from '../../src/policy/secret-files.ts';

it.each([
  '/run/secrets/db',
  '/var/run/secrets/kubernetes.io/serviceaccount/token',
  '/proc/1/environ',
  '/app/.env',
  '/app/.ENV.production',
  '/app/prod.env',
  '/root/.ssh/known_hosts',
  '/home/a/.aws/credentials',
  '/etc/shadow-',
  '/etc/ssl/private/site.pem',
  '/srv/tls/server.KEY',
  '/app/config/secrets.yml',
  '/app/terraform.tfstate',
  '/root/.docker/config.json',
])('takes %s for a secret', (path) => {
  expect(isSecretPath(path)).toBe(true);
});

it.each([
  '/etc/nginx/nginx.conf',
  '/etc/hosts',
  '/run/secretsanta.txt',
  '/app/environment.ts',
  '/app/monkey.txt',
  '/process/list',
  '/app/secretary.md',
])('does not take %s for one', (path) => {
  expect(isSecretPath(path)).toBe(false);
});

it('knows private keys by their first line, and no certificates', () => {
  for (const kind of ['RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])
    expect(hasPrivateKey(`x\n-----BEGIN ${kind}-----\n`)).toBe(true);
  expect(hasPrivateKey('-----BEGIN CERTIFICATE-----\n')).toBe(false);
  expect(hasPrivateKey('-----BEGIN PUBLIC KEY-----\n')).toBe(false);
});
