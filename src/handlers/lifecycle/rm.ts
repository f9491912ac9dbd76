import type { RmArgs } from '../../commands/lifecycle/rm.ts';
import { lifecycle, ofContainers } from './lifecycle.ts';

export const rm = lifecycle<RmArgs>(ofContainers, ({ force, volumes }) => ({ action: 'rm', force, volumes }));
