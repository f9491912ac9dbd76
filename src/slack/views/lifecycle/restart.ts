import { restart } from '../../../commands/lifecycle/restart.ts';
import { restart as handler } from '../../../handlers/lifecycle/restart.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const restartCommand = command({ spec: restart, handler, ...LIFECYCLE });
