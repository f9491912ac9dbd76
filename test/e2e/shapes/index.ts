import type { Deployed } from './bot.ts';
import { lambda } from './lambda.ts';
import { one } from './one.ts';
import { replicas } from './replicas.ts';
import { SHAPE, type Shape } from './shape.ts';
import { terminal } from './terminal.ts';

const DEPLOYED: Readonly<Record<Shape, Deployed>> = { one, replicas, lambda, terminal };

/** How this run deploys the bot. */
export const deployed = DEPLOYED[SHAPE];
