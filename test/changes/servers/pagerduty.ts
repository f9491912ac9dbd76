import { z } from 'zod';
import { jsonOf, serveReceiver } from './serve.ts';

/*
 * PagerDuty's Events API v2, after PagerDuty/developer-docs docs/events-API-v2/03-Change-Events.md (fields, 1024 characters of
 * a summary) and 01-Overview.md (202, 400, 429, 5xx; 512 KB).
 */

export const ROUTING_KEY = 'a1b2c3d4'.repeat(4);

const Body = z.strictObject({
  routing_key: z.string().length(32),
  payload: z.strictObject({
    summary: z.string().min(1).max(1024),
    source: z.string().optional(),
    timestamp: z.iso.datetime().optional(),
    custom_details: z.looseObject({ event: z.string() }).optional(),
  }),
  links: z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional(),
});
export type ChangeEventBody = z.infer<typeof Body>;

export async function startPagerDuty() {
  const events: ChangeEventBody[] = [];
  const standin = await serveReceiver(({ method, path, headers, text }) => {
    if (method === 'HEAD' && path === '/') return { status: 404 };
    if (method !== 'POST' || path !== '/v2/change/enqueue') return { status: 404 };
    const body = Body.safeParse(jsonOf(text));
    const isWhole = body.success && body.data.routing_key === ROUTING_KEY && text.length < 512_000;
    if (!isWhole || headers['content-type'] !== 'application/json')
      return {
        status: 400,
        json: { status: 'invalid event', message: 'Event object is invalid', errors: [String(body.error)] },
      };
    events.push(body.data);
    return { status: 202, json: { status: 'success', message: 'Change event processed' } };
  });
  return { ...standin, events };
}
