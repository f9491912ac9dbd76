import type { StartArgs } from '../../commands/lifecycle/start.ts';
import { lifecycle } from './lifecycle.ts';

export const start = lifecycle<StartArgs>(() => ({ action: 'start' }));
