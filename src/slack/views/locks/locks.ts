import { locks } from '../../../commands/locks/locks.ts';
import { sayDuration } from '../../../domain/duration.ts';
import type { LocksResult } from '../../../handlers/locks/locks.ts';
import { locks as handler } from '../../../handlers/locks/locks.ts';
import { named } from '../../../text/names.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { message } from './message.ts';

export function locksView(result: LocksResult): Message {
  if (result.locks.length === 0) return message('Nothing is locked.');
  const lines = result.locks.map((lock) => {
    const reason = lock.reason === '' ? '' : ` ${inline(lock.reason, 120)}`;
    const line = lock.line.length > 0 ? ` · ${plural(lock.line.length, 'person', 'people')} in line` : '';
    const name = plain(lock.service);
    return {
      name,
      line: `:lock: *${name}* <@${lock.owner}> for ${sayDuration(lock.until - result.at)} more${line}${reason}`,
    };
  });
  return {
    text: `${plural(lines.length, 'lock')}: ${named(
      lines.map(({ name }) => name),
      300,
    )}`,
    blocks: [
      ...listed(lines, (count) => plural(count, 'more lock')),
      context(
        `${slash('ask <service>')} asks a holder to release it, ${slash('lock <service> --queue')} waits in line.`,
      ),
    ],
  };
}

export const locksCommand = command({
  spec: locks,
  handler,
  delivery: ['message'],
  view: (result) => answer(locksView(result)),
  progress: 'none',
  approval: 'none',
});
