import { sayDuration } from '../../commands/duration.ts';
import type { AskedResult, LockResult, LocksResult, UnlockResult } from '../../handlers/locks.ts';
import type { Request } from '../../handlers/types.ts';
import { cut } from '../../text/cut.ts';
import { named } from '../../text/names.ts';
import { buttons, context, type Message, section } from '../blocks.ts';
import { listed } from '../listed.ts';
import { dayAndClock, inline, plain, plural } from '../text.ts';

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
  return message(`:lock: ${said}${why}`, 'Others cannot deploy it meanwhile; whoever holds it can.', [
    { label: 'Release', line: `/dock unlock ${lock.service} --of ${lock.token}` },
    { label: 'Extend by 2 h', line: `/dock lock ${lock.service} --for 2h --of ${lock.token}` },
  ]);
}

export function unlockView(result: UnlockResult, request: Request): Message {
  return message(`:unlock: <@${request.person}> released *${plain(result.service)}*.`);
}

export function askView(result: AskedResult): Message {
  return message(`I asked <@${result.owner}> in a direct message to release *${plain(result.service)}*.`);
}

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
      context('`/dock ask <service>` asks a holder, `/dock lock <service> --queue` waits in line.'),
    ],
  };
}

function message(text: string, note?: string, presses: readonly { label: string; line: string }[] = []): Message {
  return {
    text: text.replaceAll('*', ''),
    blocks: [section(text), ...(note === undefined ? [] : [context(note)]), ...buttons(presses)],
  };
}
