import { whoami } from '../../../commands/access/whoami.ts';
import type { WhoamiResult } from '../../../handlers/access/whoami.ts';
import { whoami as handler } from '../../../handlers/access/whoami.ts';
import { type Message, section, sections } from '../../block-kit/message.ts';
import { inline } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { mayLines } from './may.ts';

export function whoamiView(result: WhoamiResult): Message {
  const groups = result.groups.length > 0 ? result.groups.map((name) => `*${name}*`).join(', ') : 'none';
  const unread =
    result.unreadable.length > 0
      ? `\n:warning: Slack did not return ${result.unreadable.join(', ')}, so you do not count as a member.`
      : '';
  const may = mayLines(result.may, 800);
  const text = `You are ${result.person}; groups: ${result.groups.join(', ') || 'none'}`;
  return {
    text,
    blocks: [
      section(
        `You are <@${result.person}> (${inline(result.person)}) in <#${result.channel}> (${inline(result.channel)}).\nGroups: ${groups}${unread}`,
      ),
      ...sections(['*Here you may*', ...(may.length > 0 ? may : ['nothing'])]),
    ],
  };
}

export const whoamiCommand = command({
  spec: whoami,
  handler,
  delivery: ['message'],
  view: (result) => answer(whoamiView(result)),
  progress: 'none',
  approval: 'none',
});
