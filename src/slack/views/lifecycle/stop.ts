import { stop } from '../../../commands/lifecycle/stop.ts';
import { stop as handler } from '../../../handlers/lifecycle/stop.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const stopCommand = command({ spec: stop, handler, ...LIFECYCLE });
