import { unpause } from '../../../commands/lifecycle/unpause.ts';
import { unpause as handler } from '../../../handlers/lifecycle/unpause.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const unpauseCommand = command({ spec: unpause, handler, ...LIFECYCLE });
