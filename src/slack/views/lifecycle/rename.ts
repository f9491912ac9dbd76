import { rename } from '../../../commands/lifecycle/rename.ts';
import { rename as handler } from '../../../handlers/lifecycle/rename.ts';
import { command } from '../../command.ts';
import { LIFECYCLE } from './reply.ts';

export const renameCommand = command({ spec: rename, handler, ...LIFECYCLE });
