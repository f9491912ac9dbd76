import { kill } from '../../../commands/lifecycle/kill.ts';
import { kill as handler } from '../../../handlers/lifecycle/kill.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const killCommand = command({ spec: kill, handler, ...LIFECYCLE });
