import { z } from 'zod';
import type { ReceiverOf } from '../config.ts';
import type { ChangeEvent } from './event.ts';
import { DeliveryFailure } from './failure.ts';
import { below, type CreateReceiver } from './receiver.ts';

const Found = z.array(z.looseObject({ id: z.int() }));

/**
 * One annotation of Grafana's organization for each deployment, found again by a tag: a point in time when it starts, a
 * region once it has ended.
 */
export const grafana: CreateReceiver<ReceiverOf<'grafana'>> = ({ url, token }, call) => {
  const headers = { authorization: `Bearer ${token}` };
  const find = async (tag: string, signal: AbortSignal): Promise<number | undefined> => {
    const query = new URLSearchParams([
      ['type', 'annotation'],
      ['tags', tag],
      ['limit', '1'],
    ]);
    const answer = Found.safeParse(
      await call({ method: 'GET', url: below(url, `/api/annotations?${query}`), headers, signal }),
    );
    if (!answer.success)
      throw new DeliveryFailure(`${new URL(url).host} answered something that is no list of annotations`, {
        mayRetry: false,
      });
    return answer.data[0]?.id;
  };
  return {
    async send(event, signal) {
      const id = await find(tagOf(event), signal);
      // One that started is there already: a later event may have changed it.
      if (id !== undefined && event.deployment.end === undefined) return;
      const body = JSON.stringify(annotationOf(event));
      if (id === undefined) await call({ method: 'POST', url: below(url, '/api/annotations'), headers, body, signal });
      else await call({ method: 'PATCH', url: below(url, `/api/annotations/${id}`), headers, body, signal });
    },
    async check(signal) {
      await find('fairlead', signal);
      return 'accepted';
    },
  };
};

const tagOf = ({ deployment }: ChangeEvent) => `deployment:${deployment.id}`;

function annotationOf(event: ChangeEvent) {
  const { service, environments, action, startedAt, end, card, commit } = event.deployment;
  const links = [
    card === undefined ? [] : link(card, 'Card'),
    commit?.url === undefined ? [] : link(commit.url, 'Commit'),
  ];
  return {
    time: startedAt,
    ...(end === undefined ? {} : { timeEnd: end.at }),
    tags: [
      'fairlead',
      action,
      `service:${service}`,
      ...environments.map((name) => `environment:${name}`),
      ...(end === undefined ? [] : [`verdict:${end.verdict}`]),
      tagOf(event),
    ],
    text: [escapeHtml(event.summary), ...links.flat()].join('\n'),
  };
}

/** Grafana shows HTML in the text of annotations. */
const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const link = (href: string, text: string) => `<a href="${escapeHtml(href)}">${text}</a>`;
