import { help } from '../../../commands/access/help.ts';
import { typed } from '../../../commands/language/define.ts';
import type { HelpResult } from '../../../handlers/access/help.ts';
import { help as handler } from '../../../handlers/access/help.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, section, sections } from '../../block-kit/message.ts';
import { inline, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { someHosts } from '../parts/over-hosts.ts';
import { specOf } from './spec-of.ts';
import { usageView } from './usage.ts';

/** Commands behind buttons, seldom typed. */
const ON_BUTTONS = new Set(['approve', 'reject', 'plan', 'abort', 'continue', 'sign', 'unfollow']);

export function helpView(result: HelpResult): Message {
  const detail = result.detail === undefined ? undefined : specOf(result.detail);
  if (detail) return usageView(detail, result.prefix);
  const line = ({ name }: HelpResult['commands'][number]) => {
    const spec = specOf(name);
    return spec ? `${inline(typed(spec, result.prefix))}  ${prose(spec.summary)}` : '';
  };
  const granted = result.commands.filter(({ name }) => specOf(name)?.access === 'granted');
  const open = result.commands.filter(({ name }) => specOf(name)?.access === 'open' && !ON_BUTTONS.has(name));
  const places = Map.groupBy(granted, ({ hosts }) => hosts.join(', '));
  const nothing = result.configured
    ? `No role here gives you a command. ${slash('whoami')} shows your groups and permissions.`
    : 'Fairlead is not set up in this channel.';
  return {
    text: granted.length > 0 ? `Here you may: ${granted.map(({ name }) => name).join(', ')}` : nothing,
    blocks: [
      ...(granted.length > 0 ? [] : [section(nothing)]),
      ...[...places].flatMap(([hosts, commands]) =>
        sections([
          `*What you may do here${hosts === '' ? '' : ` on ${someHosts(hosts.split(', '))}`}*`,
          ...commands.map(line),
        ]),
      ),
      ...(open.length > 0 ? sections(['*For everyone*', ...open.map(line)]) : []),
      context(
        `${slash('help <command>')} or ${inline('<command> --help')} for one of them. In a thread, mention Fairlead: \`@fairlead logs shop\`.`,
      ),
    ],
  };
}

export const helpCommand = command({
  spec: help,
  handler,
  delivery: ['message'],
  view: (result) => answer(helpView(result)),
  progress: 'none',
  approval: 'none',
});
