import type { ImagesArgs } from '../../../commands/images/images.ts';
import { images } from '../../../commands/images/images.ts';
import { sayFilters } from '../../../commands/language/filters.ts';
import { sayAge } from '../../../domain/duration.ts';
import { saySize } from '../../../domain/size.ts';
import { withWord } from '../../../handlers/choices.ts';
import type { ImageRow, ImagesResult } from '../../../handlers/images/images.ts';
import { images as handler } from '../../../handlers/images/images.ts';
import type { Request } from '../../../handlers/request.ts';
import { slash } from '../../block-kit/commands.ts';
import { type Message, section, table } from '../../block-kit/message.ts';
import { inline, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, pageAndShare, someHosts, whichPage, withoutHosts } from '../parts/over-hosts.ts';

function none({ near }: ImagesResult, { args, line }: Request<ImagesArgs>): string {
  const { reference, filter } = args;
  const asked = [...(reference === undefined ? [] : [reference]), ...(filter.length > 0 ? [sayFilters(filter)] : [])];
  if (asked.length === 0) return 'No images.';
  const meant = near === undefined || reference === undefined ? undefined : withWord(line, reference, near);
  return `No image matches ${inline(asked.join(' '))}.${meant === undefined ? '' : ` Did you mean ${slash(meant)}?`}${wholeNames(filter)}`;
}

/** The engine compares this filter with whole names; ours takes the last parts of one. */
function wholeNames(filters: ImagesArgs['filter']): string {
  const value = filters.find(({ key }) => key === 'reference')?.value;
  return value === undefined || !/^[\w./:*-]{1,200}$/u.test(value)
    ? ''
    : ` ${inline('reference=')} takes the whole name, with its registry, as in docker: ${slash(`images ${value}`)} finds it by its end.`;
}

export function imagesView(result: ImagesResult, request: Request<ImagesArgs>): Message {
  const several = request.hosts.length > 1;
  const marks = (row: ImageRow) => (row.inUse ? 'in use' : row.dangling ? 'dangling' : '');
  const { quiet, noTrunc } = request.args;
  const digestOf = ({ digest }: ImageRow) => digest?.slice(0, noTrunc ? undefined : 19) ?? '<none>';
  const columns: readonly Column<ImageRow>[] = [
    { head: 'REPOSITORY', of: ({ repository }) => repository },
    { head: 'TAG', of: ({ tag }) => tag },
    { head: 'SIZE', of: ({ bytes }) => saySize(bytes), isDetail: true },
    { head: 'USE', of: marks, isDetail: true },
    ...(several ? [{ head: 'HOST', of: ({ host }: ImageRow) => host }] : []),
    { head: 'CREATED', of: ({ createdAt }) => sayAge(result.at - createdAt), isDetail: true },
    { head: 'IMAGE ID', of: ({ id }) => id },
    ...(result.digests ? [{ head: 'DIGEST', of: digestOf }] : []),
  ];
  const shown = columns.filter(({ isDetail }) => !(quiet && isDetail));
  const head = shown.map((column) => column.head);
  const rows = result.rows.map((row) => shown.map(({ of }) => of(row)));
  const totals = result.hosts.map(({ host, images, bytes, dangling }) => ({
    name: host,
    line: `*${host}* ${plural(images, 'image')}, ${saySize(bytes)}${dangling > 0 ? `, ${dangling} dangling` : ''}`,
  }));
  const sum = result.hosts.reduce((count, host) => count + host.images, 0);
  const text = `${plural(sum, 'image')} on ${someHosts(result.hosts.map((host) => host.host)) || 'no host'}${withoutHosts(result.failures)}`;
  return {
    text,
    blocks: [
      ...(rows.length > 0
        ? [table(head, rows, { right: head.includes('SIZE') ? [head.indexOf('SIZE')] : [], wrapped: [0] })]
        : result.hosts.length > 0
          ? [section(none(result, request))]
          : []),
      ...failureBlocks(result.failures),
      ...closing(totals, result, whichPage(result)),
      ...pageAndShare(request, result),
    ],
  };
}

export const imagesCommand = command({
  spec: images,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(imagesView(result, request)),
  progress: 'none',
  approval: 'none',
});
