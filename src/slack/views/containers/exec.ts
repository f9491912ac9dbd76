import { exec } from '../../../commands/containers/exec.ts';
import { exec as handler } from '../../../handlers/containers/exec.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { programView } from './program.ts';

export const execCommand = command({
  spec: exec,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(programView(result, request)),
  progress: { view: programView, stands: 'channel', begins: 'when-slow' },
  approval: 'none',
});
