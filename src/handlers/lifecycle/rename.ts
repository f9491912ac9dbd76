import type { RenameArgs } from '../../commands/lifecycle/rename.ts';
import { lifecycle } from './lifecycle.ts';

export const rename = lifecycle<RenameArgs>(
  ({ container }) => [container],
  ({ name }) => ({ action: 'rename', name }),
);
