import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';
import { field } from '../language/define.ts';

/** One container or more, by name or id. */
export const containers = field(z.array(z.string().regex(CONTAINER_NAME, 'is a container name or id')).min(1), {
  position: 1,
  value: 'container',
  description: 'Names or ids',
});
