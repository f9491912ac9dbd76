import type { PauseArgs } from '../../commands/lifecycle/pause.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const pause = lifecycle<PauseArgs>(ofContainers, () => ({ action: 'pause' }));
