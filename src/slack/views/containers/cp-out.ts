import { cpOut } from '../../../commands/containers/cp-out.ts';
import { saySize } from '../../../domain/size.ts';
import type { CpOutResult } from '../../../handlers/containers/cp-out.ts';
import { cpOut as handler } from '../../../handlers/containers/cp-out.ts';
import { cut } from '../../../text/cut.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { closing } from '../parts/over-hosts.ts';
import { unseenBlocks } from '../parts/unseen.ts';

export function cpOutView(result: CpOutResult): Message {
  const { container, host, path, bytes, isMasked, sha256 } = result;
  const name = plain(container);
  return {
    text: `${path} of ${name} on ${host}, ${saySize(bytes)}`,
    blocks: [
      section(`:clipboard: ${inline(path, 300)} of *${name}* on *${host}*, in your direct messages with Fairlead.`),
      context(`${isMasked ? 'What looks like a secret is masked. ' : ''}SHA-256 in the container: ${inline(sha256)}`),
      ...unseenBlocks(result.unseen),
      ...closing([], result, [saySize(bytes)]),
    ],
    file: {
      name: fileName(result),
      title: `${container}:${path} on ${host}`,
      content: result.content === '' ? '(empty)' : result.content.toWellFormed(),
    },
  };
}

/** The name of a file on somebody's computer: no path, nothing hidden, and opened as text. */
function fileName({ name, container }: CpOutResult): string {
  const safe = cut(name.replace(/[^\w.-]+/gu, '-').replace(/^\.+/u, ''), 80, '');
  return `${cut(container, 60, '')}-${safe === '' ? 'file' : safe}.txt`;
}

export const cpOutCommand = command({
  spec: cpOut,
  handler,
  delivery: ['message'],
  view: (result) => answer(cpOutView(result)),
  progress: 'none',
  approval: 'none',
});
