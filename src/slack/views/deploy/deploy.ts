import { deploy } from '../../../commands/deploy/deploy.ts';
import { deployApproval } from '../../../handlers/deploy/approval.ts';
import { asksForVersion, deploy as handler } from '../../../handlers/deploy/deploy.ts';
import type { FormResult } from '../../../handlers/deploy/planning/form.ts';
import { named } from '../../../text/names.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { approvable, command } from '../../command.ts';
import { aside, form } from '../../reply/reply.ts';
import { answeredReply } from './answered.ts';
import { deployForm } from './form.ts';
import { nobodyBlocks } from './nobody.ts';
import { plannedReply } from './planned.ts';

// Where no modal can be opened (a mention, a command line), its choices are said instead.
function formAsText(result: FormResult): Message {
  const names = result.services.map(({ name }) => inline(name));
  const text =
    names.length === 0
      ? 'There is no service you may deploy here.'
      : `Say which: ${slash('deploy <service> <tag>')}, with ${named(names, 2000)}, or a running container.`;
  return { text: text.replaceAll('`', ''), blocks: [section(text), ...nobodyBlocks(result.chosen?.nobody)] };
}

export const deployCommand = command({
  spec: deploy,
  handler,
  delivery: ['message', 'card', 'form'],
  view: (result) =>
    result.kind === 'form'
      ? form(({ channel, thread }) => deployForm(result, { channel, thread }), aside(formAsText(result)))
      : plannedReply(result),
  progress: 'none',
  approval: approvable(deployApproval, { asked: 'card', reply: answeredReply }),
  opensForm: asksForVersion,
});
