import { pause } from '../../../commands/lifecycle/pause.ts';
import { pause as handler } from '../../../handlers/lifecycle/pause.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const pauseCommand = command({ spec: pause, handler, ...LIFECYCLE });
