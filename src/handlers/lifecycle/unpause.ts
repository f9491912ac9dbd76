import type { UnpauseArgs } from '../../commands/lifecycle/unpause.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const unpause = lifecycle<UnpauseArgs>(ofContainers, () => ({ action: 'unpause' }));
