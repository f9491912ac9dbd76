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
});
