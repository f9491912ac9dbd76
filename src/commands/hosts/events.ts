import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { Moment } from '../../domain/duration.ts';
import { defineCommand, field } from '../language/define.ts';
import { filter, page } from '../language/filters.ts';
import { ROWS_ARE_JSON } from '../language/habit.ts';

const KEYS = ['type', 'event', 'container', 'image', 'label', 'network', 'volume'] as const;

export const EventsArgs = z.lazy(() =>
  z.strictObject({
    since: field(Moment.optional(), { value: '1h', description: 'Not before: how long ago, or a time (1h)' }),
    until: field(Moment.optional(), { value: '5m', description: 'Not after' }),
    container: field(z.array(z.string().regex(CONTAINER_NAME, 'is a container name or id')).default([]), {
      value: 'name',
      description: 'Only of this container',
    }),
    filter: field(filter(KEYS, {}), {
      short: 'f',
      value: 'key=value',
      description: `Only what matches: ${KEYS.join(', ')}`,
    }),
    page: page(),
  }),
);
export type EventsArgs = z.infer<typeof EventsArgs>;

export const events = defineCommand({
  name: 'events',
  summary: 'Show what happened on the hosts lately',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: EventsArgs,
  examples: ['/dock events', '/dock events --since 1h --container shop', '/dock events -f event=die @web-1'],
  habits: {
    'format=': ROWS_ARE_JSON,
  },
});
