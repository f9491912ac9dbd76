import type { StartArgs } from '../../commands/lifecycle/start.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const start = lifecycle<StartArgs>(ofContainers, () => ({ action: 'start' }));
