import { type DiffArgs, diff } from '../../../commands/containers/diff.ts';
import type { FileChange } from '../../../docker/client/look-types.ts';
import { type Changes, type DiffResult, diff as handler } from '../../../handlers/containers/diff.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare } from '../parts/over-hosts.ts';

const SHORT_TEXT = 2800;
/** As docker marks them. */
const MARKS: Readonly<Record<FileChange['kind'], string>> = { added: 'A', changed: 'C', deleted: 'D' };

export function diffView(result: DiffResult, request: Request<DiffArgs>): Message {
  const texts = result.containers.map((one) => ({
    one,
    text: one.changes.map((change) => `${MARKS[change.kind]} ${change.path}`).join('\n'),
  }));
  const share = Math.floor(SHORT_TEXT / Math.max(1, texts.length));
  const isLong = texts.some(({ one, text }) => text.length > share || one.changes.length < totalOf(one));
  return {
    text: result.containers.map((one) => `${plain(one.container)}: ${countsOf(one)}`).join('; ') || 'No host answered',
    blocks: [
      ...texts.flatMap(({ one, text }) => [
        section(`*${plain(one.container)}* on *${one.host}* · ${countsOf(one)}`),
        ...(text === '' ? [] : [preformatted(cut(text, share))]),
      ]),
      ...(isLong
        ? [context(`The other paths are in the file${request.share ? '' : ', in your direct messages'}.`)]
        : []),
      ...failureBlocks(result.failures),
      ...closing([], result),
      ...pageAndShare(request),
    ],
    ...(isLong
      ? { file: { name: 'diff.txt', title: cut(request.shownLine, 200), content: texts.map(fileText).join('\n\n') } }
      : {}),
  };
}

const totalOf = ({ added, changed, deleted }: Changes) => added + changed + deleted;

function countsOf({ added, changed, deleted, ...rest }: Changes): string {
  if (totalOf({ added, changed, deleted, ...rest }) === 0) return 'nothing differs from its image';
  return `${added} added, ${changed} changed, ${deleted} deleted`;
}

function fileText({ one, text }: { readonly one: Changes; readonly text: string }): string {
  const left = totalOf(one) - one.changes.length;
  return `==> ${one.host}/${one.container} <==\n${text}${left > 0 ? `\n… and ${left} more` : ''}`;
}

export const diffCommand = command({
  spec: diff,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(diffView(result, request)),
  progress: 'none',
  approval: 'none',
});
