import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The credentials that stand-ins for AWS know. */
export const AWS_CREDENTIALS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDTEST',
  AWS_SECRET_ACCESS_KEY: 'test-secret-key',
  AWS_SESSION_TOKEN: 'test-session-token',
};

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/u;
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
/** Each segment of a path is encoded once more, but for S3. */
const encoded = (path: string) => path.split('/').map(encodeURIComponent).join('/');

/** Whether a request without a query is signed as AWS documents it (Signature Version 4), for this service, now. */
export function isSignedFor(service: string, { headers, method, url = '' }: IncomingMessage, body: Buffer): boolean {
  const [, id, day = '', region = '', named, names = '', given = ''] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  const { AWS_ACCESS_KEY_ID, AWS_REGION, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = AWS_CREDENTIALS;
  const time = String(headers['x-amz-date'] ?? '');
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, '$1-$2-$3T$4:$5:$6Z'));
  const isCurrent = Math.abs(Date.now() - at) < 5 * 60_000 && time.startsWith(day);
  if (id !== AWS_ACCESS_KEY_ID || region !== AWS_REGION || named !== service || !isCurrent) return false;
  if (headers['x-amz-security-token'] !== AWS_SESSION_TOKEN) return false;
  const signed = names.split(';');
  if (!['host', 'x-amz-date', 'x-amz-security-token'].every((name) => signed.includes(name))) return false;
  const canonical = [
    method,
    encoded(url),
    '',
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/gu, ' ')}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${AWS_SECRET_ACCESS_KEY}`, day));
  const expected = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'));
  return timingSafeEqual(expected, Buffer.from(given, 'hex'));
}
