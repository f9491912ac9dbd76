import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { CardRef } from './card-ref.ts';
import { field } from './define.ts';

/** What goes with deploying and has no slash command of its own: locks, records, and what the card's buttons say. */
const Service = z.string().regex(CONTAINER_NAME, 'is a service of the config, or a container name');

export const service = field(Service, { position: 1, description: 'A service of the config, or a container' });

export const onCard = z.strictObject({
  id: field(CardRef, {
    position: 1,
    value: 'plan',
    description: 'The plan on the card, such as 3f9c01ab',
    listedBy: 'deployments',
  }),
});

export type CardArgs = z.infer<typeof onCard>;

export const PageArgs = z.strictObject({});

export type ListArgs = z.infer<typeof PageArgs>;
