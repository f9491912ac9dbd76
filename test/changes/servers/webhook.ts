import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { jsonOf, serveReceiver } from './serve.ts';

/*
 * A receiver after the Standard Webhooks specification 1.0 (standard-webhooks/standard-webhooks, spec/standard-webhooks.md):
 * three headers, a signature over id, timestamp and body by a key of 24 to 64 bytes, `type`, `timestamp` and `data` in the body.
 */

export const KEY = Buffer.alloc(32, 7);
export const SECRET = `whsec_${KEY.toString('base64')}`;

const Body = z.strictObject({
  type: z.enum(['deployment.started', 'deployment.ended']),
  timestamp: z.iso.datetime(),
  data: z.looseObject({
    event: z.string(),
    summary: z.string().min(1),
    service: z.string().min(1),
    version: z.string().min(1),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/u),
    requestedBy: z.string(),
    approvedBy: z.array(z.string()),
    hostCount: z.int().min(1),
  }),
});
export type WebhookBody = z.infer<typeof Body>;

/** Starts a receiver; `events` has the verified ones, with their ids, in the order in which they came. */
export async function startWebhook() {
  const events: { readonly id: string; readonly body: WebhookBody }[] = [];
  const standin = await serveReceiver(({ method, path, headers, text }) => {
    if (method === 'HEAD' && path === '/') return { status: 404 };
    if (method !== 'POST' || path !== '/hook') return { status: 404 };
    const id = String(headers['webhook-id'] ?? '');
    const at = String(headers['webhook-timestamp'] ?? '');
    const expected = createHmac('sha256', KEY).update(`${id}.${at}.${text}`).digest();
    const signatures = String(headers['webhook-signature'] ?? '').split(' ');
    const isSigned = signatures.some((one) => {
      const given = Buffer.from(one.replace(/^v1,/u, ''), 'base64');
      return one.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (!isSigned || !/^\d{10}$/u.test(at)) return { status: 401 };
    const body = Body.safeParse(jsonOf(text));
    if (!body.success || body.data.data.event !== id) return { status: 400, json: body.error?.issues };
    events.push({ id, body: body.data });
    return { status: 204 };
  });
  return { ...standin, events };
}
