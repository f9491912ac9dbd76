import type { ReceiverOf } from '../config.ts';
import { cut } from '../text/cut.ts';
import { payloadOf } from './payload.ts';
import { below, type CreateReceiver } from './receiver.ts';

const MOST_SUMMARY = 1024;

/**
 * A change event of PagerDuty's Events API v2 ("Send a Change Event"). PagerDuty has no key that removes duplicates of
 * change events: the event's id is among its details.
 */
export const pagerduty: CreateReceiver<ReceiverOf<'pagerduty'>> = ({ url, routingKey }, call) => ({
  async send(event, signal) {
    const { data, timestamp } = payloadOf(event);
    const { links, summary, ...details } = data;
    const hrefs = [
      { href: links.card, text: 'Card in Slack' },
      { href: links.commit, text: 'Commit' },
    ];
    const body = JSON.stringify({
      routing_key: routingKey,
      payload: { summary: cut(summary, MOST_SUMMARY), timestamp, source: 'fairlead', custom_details: details },
      links: hrefs.filter(({ href }) => href !== undefined),
    });
    await call({ method: 'POST', url: below(url, '/v2/change/enqueue'), body, signal });
  },
  async check(signal) {
    // A key can only be tested by an event.
    await call({ method: 'HEAD', url: new URL('/', url), signal });
    return 'reachable';
  },
});
