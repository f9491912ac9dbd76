import { exec } from '../../../commands/containers/exec.ts';
import { exec as handler } from '../../../handlers/containers/exec.ts';
import { slash } from '../../block-kit/commands.ts';
import { section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { answer, aside, form } from '../../reply/reply.ts';
import { execForm } from './forms.ts';
import { programView } from './program.ts';

export const execCommand = command({
  spec: exec,
  handler,
  delivery: ['message', 'form'],
  view(result, request) {
    if (result.kind === 'program') return answer(programView(result, request));
    const text = `Say in which container, and what: ${slash('exec shop df -h')}.`;
    return form((place) => execForm(result, place), aside({ text: text.replaceAll('`', ''), blocks: [section(text)] }));
  },
  progress: { view: programView, stands: 'channel', begins: 'when-slow' },
  approval: 'none',
  opensForm: ({ args }) => args.container === undefined,
});
