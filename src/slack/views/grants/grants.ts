import { grants } from '../../../commands/grants/grants.ts';
import type { GrantsResult } from '../../../handlers/grants/grants.ts';
import { grants as handler } from '../../../handlers/grants/grants.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, type Message, section } from '../../block-kit/message.ts';
import { clock, inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';

const MOST_BUTTONS = 5;

export function grantsView({ grants: all }: GrantsResult): Message {
  if (all.length === 0) return { text: 'No grants.', blocks: [section('Nobody has a grant here now.')] };
  const entries = all.map(({ person, container, host, until, runs, reason }) => ({
    name: plain(container),
    line: `• *${plain(container)}* on *${host}*: <@${person}> until ${clock(until)}, ${plural(runs, 'command')} run · ${inline(reason, 100)}`,
  }));
  return {
    text: plural(all.length, 'grant'),
    blocks: [
      ...listed(entries, (count) => plural(count, 'more grant')),
      ...buttons(
        all
          .slice(0, MOST_BUTTONS)
          .map(({ container, id }) => ({ label: `End ${container}`, line: `/dock grant end ${id}` })),
      ),
    ],
  };
}

export const grantsCommand = command({
  spec: grants,
  handler,
  delivery: ['message'],
  view: (result) => answer(grantsView(result)),
  progress: 'none',
  approval: 'none',
});
