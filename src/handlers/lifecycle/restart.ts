import type { RestartArgs } from '../../commands/lifecycle/restart.ts';
import { lifecycle } from './lifecycle.ts';

export const restart = lifecycle<RestartArgs>(({ timeout: seconds }) => ({ action: 'restart', seconds }));
