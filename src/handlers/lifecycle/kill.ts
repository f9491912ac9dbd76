import type { KillArgs } from '../../commands/lifecycle/kill.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const kill = lifecycle<KillArgs>(ofContainers, ({ signal }) => ({ action: 'kill', signal }));
