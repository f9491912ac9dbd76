import { update } from '../../../commands/lifecycle/update.ts';
import { update as handler } from '../../../handlers/lifecycle/update.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const updateCommand = command({ spec: update, handler, ...LIFECYCLE });
