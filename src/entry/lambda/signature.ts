import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from './event.ts';

/** Slack's own limit: an older request may be somebody's copy of it. In seconds. */
const WINDOW_S = 5 * 60;

/** Whether Slack signed exactly these bytes within the last five minutes. `nowS` in Unix seconds. */
export function isSigned({ headers, body }: HttpRequest, secret: string, nowS: number): boolean {
  const timestamp = headers.get('x-slack-request-timestamp') ?? '';
  if (!/^\d{1,12}$/u.test(timestamp) || Math.abs(nowS - Number(timestamp)) > WINDOW_S) return false;
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  const given = /^v0=([0-9a-f]{64})$/u.exec(headers.get('x-slack-signature') ?? '')?.[1];
  return given !== undefined && timingSafeEqual(expected, Buffer.from(given, 'hex'));
}
