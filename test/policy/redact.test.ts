import { describe, expect, it } from 'vitest';
import { createRedactor, secretValues } from '../../src/policy/redact.ts';

const redact = createRedactor(['s3cr3t-value', 's3cr3t-value-longer', 'short']);

describe('redaction', () => {
  it.each([
    ['the longer of two known values first', 'x s3cr3t-value-longer y', 'x *** y'],
    ['no known value so short that it is a word', 'short words', 'short words'],
    ['a password in an address', 'postgres://shop:hunter2@db/shop', 'postgres://shop:***@db/shop'],
    ['a bearer', 'sent Bearer abcdefgh12345', 'sent Bearer ***'],
    ['an assignment', 'DB_PASSWORD=hunter2 next', 'DB_PASSWORD=*** next'],
    ['a field of JSON', '{"api_key": "abc123def"}', '{"api_key": "***"}'],
    ['a Slack token', 'got xoxb-1234567890-abc', 'got ***'],
    ['a key that was cut off', '-----BEGIN RSA PRIVATE KEY-----\nMIIE', '-----BEGIN RSA PRIVATE KEY-----***'],
    ['nothing in an ordinary line', 'GET /healthz 200 in 3 ms', 'GET /healthz 200 in 3 ms'],
  ])('masks %s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(redact(text))).toBe(redact(text));
  });

  it('leaves nothing of a header', () => {
    expect(redact('Authorization: Bearer abcdefgh12345')).not.toContain('abcdefgh');
  });

  it('knows which variables of a container are secret by their names', () => {
    expect(secretValues(['DB_PASSWORD=hunter2', 'TZ=UTC', 'API_TOKEN=a=b', 'broken'])).toEqual(['hunter2', 'a=b']);
  });

  const random = 'q7Zp'.concat('W2mX9k', 'L4vB8nRt', 'Yh3c');

  it.each([
    ['a random value whatever its name', `SETTING=${random}`, [random]],
    [
      'a token by its beginning',
      `SETTING=${'gh'.concat('p_', 'a1B2'.repeat(9))}`,
      ['gh'.concat('p_', 'a1B2'.repeat(9))],
    ],
    ['the password of an address', 'DATABASE_URL=postgres://u:p%40ssw0rd@db/x', ['p%40ssw0rd', 'p@ssw0rd']],
    ['a password that is no good escape', 'DATABASE_URL=postgres://u:100%pass@db/x', ['100%pass']],
    ['a random key', `HMAC_KEY=${random}`, [random]],
    ['a random value of a name that is random only', `APP_SESSION=${random}`, [random]],
    ['a database URL without a password', 'DATABASE_URL=postgres://db:5432/x', []],
    ['a path', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', []],
    ['a file of a password', 'DB_PASSWORD_FILE=/run/secrets/db_password', []],
    ['a path for a password', 'DB_PASSWORD=/run/secrets/db_password', []],
    ['a version', 'NODE_VERSION=20.11.1-alpine3.19-build20240312', []],
    ['a version with a letter', 'TAG=v1.2.3-rc1-build20240312-abcdef', []],
    ['a host name', 'UPSTREAM=shop-7d9f8b6c5d-x2x4z.svc.local', []],
    ['a UUID', 'DEPLOY_ID=7c9e6679-7425-40de-944b-e07fc1f90ae7', []],
    ['a digest', 'IMAGE=sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac', []],
    ['a commit', 'GIT_SHA=605b605f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5f6', []],
    ['an ordinary sentence', 'GREETING=hello to everybody in the shop', []],
    ['a reference to another variable', 'API_TOKEN=$OTHER', []],
    ['a switch', 'USE_TOKEN=true', []],
    ['a number of tokens', 'MAX_TOKENS=4096', []],
    ['a count for a token', 'API_TOKEN=12', []],
    ['words for a token', 'API_TOKEN=ask the ops team', []],
  ])('knows of %s whether it is secret', (_, pair, expected) => {
    expect(secretValues([pair])).toEqual(expected);
  });

  it('takes what another variable says openly for no secret', () => {
    expect(secretValues(['POSTGRES_USER=postgres', 'POSTGRES_PASSWORD=postgres'])).toEqual([]);
  });
});
