import { sayAge } from '../../commands/duration.ts';
import { sayFilters } from '../../commands/filters.ts';
import type { ImagesArgs } from '../../commands/images.ts';
import { saySize } from '../../commands/size.ts';
import type { ImagesResult } from '../../handlers/images.ts';
import type { Request } from '../../handlers/types.ts';
import { type Message, section, table } from '../blocks.ts';
import { inline, plural } from '../text.ts';
import { failureBlocks } from './failures.ts';
import { closing, pageAndShare, someHosts, whichPage, withoutHosts } from './over-hosts.ts';

function none({ reference, filter }: ImagesArgs): string {
  const asked = [...(reference === undefined ? [] : [reference]), ...(filter.length > 0 ? [sayFilters(filter)] : [])];
  return asked.length === 0 ? 'No images.' : `No image matches ${inline(asked.join(' '))}.`;
}

export function imagesView(result: ImagesResult, request: Request<ImagesArgs>): Message {
  const several = request.hosts.length > 1;
  const marks = (row: ImagesResult['rows'][number]) => (row.inUse ? 'in use' : row.dangling ? 'dangling' : '');
  const head = [
    'REPOSITORY',
    'TAG',
    'SIZE',
    'USE',
    ...(several ? ['HOST'] : []),
    'CREATED',
    'IMAGE ID',
    ...(result.digests ? ['DIGEST'] : []),
  ];
  const rows = result.rows.map((row) => [
    row.repository,
    row.tag,
    saySize(row.bytes),
    marks(row),
    ...(several ? [row.host] : []),
    sayAge(result.at - row.createdAt),
    row.id,
    ...(result.digests ? [row.digest?.slice(0, 19) ?? '<none>'] : []),
  ]);
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
        ? [table(head, rows, { right: [head.indexOf('SIZE')], wrapped: [0] })]
        : result.hosts.length > 0
          ? [section(none(request.args))]
          : []),
      ...failureBlocks(result.failures),
      ...closing(totals, result, whichPage(result)),
      ...pageAndShare(request, result),
    ],
  };
}
