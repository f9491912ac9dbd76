import { type TopArgs, top } from '../../../commands/containers/top.ts';
import { top as handler, type Processes, type TopResult } from '../../../handlers/containers/top.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, section, table } from '../../block-kit/message.ts';
import { plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare } from '../parts/over-hosts.ts';

const MOST_ROWS = 90;
const MOST_COMMAND = 120;

export function topView(result: TopResult, request: Request<TopArgs>): Message {
  const several = result.containers.length > 1;
  const all = result.containers.flatMap(({ container, processes }) =>
    processes.map(({ command: line, pid, time, user }) => [
      cut(line, MOST_COMMAND),
      pid,
      time,
      user,
      ...(several ? [container] : []),
    ]),
  );
  const rows = all.slice(0, MOST_ROWS);
  const left = all.length - rows.length + result.containers.reduce((sum, { more }) => sum + more, 0);
  const head = ['COMMAND', 'PID', 'TIME', 'USER', ...(several ? ['CONTAINER'] : [])];
  const titles = result.containers.map(titleOf);
  return {
    text:
      result.containers
        .map(
          ({ container, processes, more }) =>
            `${plural(processes.length + more, 'process', 'processes')} in ${plain(container)}`,
        )
        .join(', ') || 'No host answered',
    blocks: [
      ...titles.map(section),
      ...(rows.length > 0 ? [table(head, rows, { wrapped: [0] })] : []),
      ...(left > 0 ? [context(`… and ${plural(left, 'more process', 'more processes')}.`)] : []),
      ...failureBlocks(result.failures),
      ...closing([], result),
      ...pageAndShare(request),
    ],
  };
}

function titleOf({ container, host, processes, more, why }: Processes): string {
  const name = `*${plain(container)}* on *${host}*`;
  if (why === 'not_running')
    return `${name} is not running. ${slash(`why ${container} --on ${host}`)} looks for the cause.`;
  if (why === 'no_ps') return `${name}: ${host} has no \`ps\`, which its engine needs for this. Install procps there.`;
  return `${name} · ${plural(processes.length + more, 'process', 'processes')}`;
}

export const topCommand = command({
  spec: top,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(topView(result, request)),
  progress: 'none',
  approval: 'none',
});
