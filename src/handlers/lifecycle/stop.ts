import type { StopArgs } from '../../commands/lifecycle/stop.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const stop = lifecycle<StopArgs>(ofContainers, ({ timeout: seconds }) => ({ action: 'stop', seconds }));
