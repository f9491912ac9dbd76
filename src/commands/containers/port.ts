import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { defineCommand, field } from '../language/define.ts';

export const PortArgs = z.lazy(() =>
  z.strictObject({
    container: field(z.string().regex(CONTAINER_NAME, 'is a container name or id'), {
      position: 1,
      description: 'Name or id',
    }),
    port: field(
      z
        .string()
        .regex(/^\d{1,5}(?:\/(?:tcp|udp|sctp))?$/u, 'is a port of the container, such as 80 or 53/udp')
        .optional(),
      { position: 2, value: 'port', description: 'Only this port of the container' },
    ),
  }),
);
export type PortArgs = z.infer<typeof PortArgs>;

export const port = defineCommand({
  name: 'port',
  summary: 'Show where the ports of a container are published',
  slash: false,
  access: 'granted',
  effect: 'read',
  onHosts: true,
  args: PortArgs,
  examples: ['/dock port shop', '/dock port shop 80'],
});
