import type { RestartArgs } from '../../commands/lifecycle/restart.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const restart = lifecycle<RestartArgs>(ofContainers, ({ timeout: seconds }) => ({ action: 'restart', seconds }));
