import { rm } from '../../../commands/lifecycle/rm.ts';
import { rm as handler } from '../../../handlers/lifecycle/rm.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const rmCommand = command({ spec: rm, handler, ...LIFECYCLE });
