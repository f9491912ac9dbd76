import type { StopArgs } from '../../commands/lifecycle/stop.ts';
import { lifecycle } from './lifecycle.ts';

export const stop = lifecycle<StopArgs>(({ timeout: seconds }) => ({ action: 'stop', seconds }));
