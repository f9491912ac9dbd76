import { type PortArgs, port } from '../../../commands/containers/port.ts';
import { port as handler, type PortResult, type Ports } from '../../../handlers/containers/port.ts';
import { addressText } from '../../../handlers/containers/ports-text.ts';
import type { Request } from '../../../handlers/request.ts';
import { type Message, section, sections } from '../../block-kit/message.ts';
import { inline, plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare } from '../parts/over-hosts.ts';

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

function linesOf({ published, exposed, isRunning, status }: Ports, { args }: Request<PortArgs>) {
  const all = published.map((one) => `${inline(`${one.privatePort}/${one.protocol}`)} → ${inline(addressText(one))}`);
  const inside =
    exposed.length > 0
      ? [`Not published, reached from other containers only: ${exposed.map((one) => inline(one)).join(', ')}`]
      : [];
  if (!isRunning) return sections([`Not running (${plain(status)}): no port is published.`]);
  const none = args.port === undefined ? 'No port is published.' : `Port ${inline(args.port)} is not published.`;
  return sections([...(all.length > 0 ? all : [none]), ...inside]);
}

export const portCommand = command({
  spec: port,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(portView(result, request)),
  progress: 'none',
  approval: 'none',
});
