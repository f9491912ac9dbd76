import { z } from 'zod';
import { CONTAINER_NAME } from '../../domain/container-name.ts';

export const Target = z.string().regex(CONTAINER_NAME, 'is a service of the config, or a container name');
