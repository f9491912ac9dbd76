import { lock } from '../../../commands/locks/lock.ts';
import type { LockResult } from '../../../handlers/locks/lock.ts';
import { lock as handler } from '../../../handlers/locks/lock.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import type { Message } from '../../block-kit/message.ts';
import { dayAndClock, plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { asideOwn, decision } from '../../reply/reply.ts';
import { message } from './message.ts';

export function lockView(result: LockResult, request: Request): Message {
  const { lock } = result;
  const service = `*${plain(lock.service)}*`;
  const why = lock.reason === '' ? '' : `\n> ${plain(cut(lock.reason, 300))}`;
  if (result.kind === 'held') {
    const place = result.place === undefined ? '' : ` You are number ${result.place} in line and will be told.`;
    return message(
      `:lock: ${service} is locked by <@${lock.owner}> until ${dayAndClock(lock.until)}.${place}${why}`,
      result.line.length > 0
        ? `In line: ${named(
            result.line.map(({ person }) => `<@${person}>`),
            1500,
          )}`
        : undefined,
      [
        ...(result.place === undefined ? [{ label: 'Wait in line', line: `/dock lock ${lock.service} --queue` }] : []),
        { label: 'Ask the holder', line: `/dock ask ${lock.service}` },
      ],
    );
  }
  const until = `until ${dayAndClock(lock.until)}`;
  const said = {
    taken: `<@${request.person}> locked ${service} ${until}.`,
    renewed: `<@${request.person}> keeps ${service} locked ${until}.`,
    'taken-over': `<@${request.person}> took the lock on ${service} over from <@${result.from}>, ${until}.`,
  }[result.how];
  return message(`:lock: ${said}${why}`, 'Only its holder can deploy until then.', [
    { label: 'Release', line: `/dock unlock ${lock.service} --of ${lock.token}` },
    { label: 'Extend by 2 h', line: `/dock lock ${lock.service} --for 2h --of ${lock.token}` },
  ]);
}

export const lockCommand = command({
  spec: lock,
  handler,
  delivery: ['message'],
  view: (result, request) =>
    result.kind === 'held' ? asideOwn(lockView(result, request)) : decision(lockView(result, request)),
  progress: 'none',
  approval: 'none',
});
