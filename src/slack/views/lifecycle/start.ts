import { start } from '../../../commands/lifecycle/start.ts';
import { start as handler } from '../../../handlers/lifecycle/start.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const startCommand = command({ spec: start, handler, ...LIFECYCLE });
