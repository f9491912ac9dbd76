import { type PortArgs, port } from '../../../commands/containers/port.ts';
import { port as handler, nameOfPort, type PortResult, type Ports } from '../../../handlers/containers/port.ts';
import { addressText } from '../../../handlers/containers/ports-text.ts';
import type { Request } from '../../../handlers/request.ts';
import { type Message, section, sections } from '../../block-kit/message.ts';
import { inline, plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare } from '../parts/over-hosts.ts';

/** Lines of one kind that a message has of a container; a wide range is published port by port. */
const MOST = 200;

export function portView(result: PortResult, request: Request<PortArgs>): Message {
  const [first] = result.containers;
  return {
    text: first
      ? `${first.published.length === 0 ? 'No published port' : 'Ports'} of ${plain(first.container)} on ${first.host}`
      : 'No host answered',
    blocks: [
      ...result.containers.flatMap((one) => [
        section(`*${plain(one.container)}* on *${one.host}*`),
        ...linesOf(one, request),
      ]),
      ...failureBlocks(result.failures),
      ...closing([], result),
      ...pageAndShare(request),
    ],
  };
}

function linesOf({ container, published, exposed, isRunning, status }: Ports, { args }: Request<PortArgs>) {
  const all = published.slice(0, MOST).map((one) => `${inline(nameOfPort(one))} → ${inline(addressText(one))}`);
  const next = published[MOST];
  const more =
    next === undefined
      ? []
      : [`and ${published.length - MOST} more. Ask for one: ${inline(`/dock port ${container} ${nameOfPort(next)}`)}`];
  const others = exposed.slice(0, MOST).map((one) => inline(one));
  const rest = exposed.length > MOST ? ` and ${exposed.length - MOST} more` : '';
  const inside =
    exposed.length > 0 ? [`Not published, reached from other containers only: ${others.join(', ')}${rest}`] : [];
  if (!isRunning) return sections([`Not running (${plain(status)}): no port is published.`]);
  const none = args.port === undefined ? 'No port is published.' : `Port ${inline(args.port)} is not published.`;
  return sections([...(all.length > 0 ? [...all, ...more] : [none]), ...inside]);
}

export const portCommand = command({
  spec: port,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(portView(result, request)),
  progress: 'none',
  approval: 'none',
});
