import { sayAge } from '../../commands/duration.ts';
import { saySize } from '../../commands/size.ts';
import type { ImagesResult } from '../../handlers/images.ts';
import type { Request } from '../../handlers/types.ts';
import { type Message, section, table } from '../blocks.ts';
import { plural } from '../text.ts';
import { closing, failureBlocks, pageAndShare, withoutHosts } from './over-hosts.ts';

export function imagesView(result: ImagesResult, request: Request): Message {
  const several = request.hosts.length > 1;
  const marks = (row: ImagesResult['rows'][number]) => (row.inUse ? 'in use' : row.dangling ? 'dangling' : '');
  const head = [
    ...(several ? ['HOST'] : []),
    'REPOSITORY',
    'TAG',
    ...(result.digests ? ['DIGEST'] : []),
    'IMAGE ID',
    'CREATED',
    'SIZE',
    'USE',
  ];
  const rows = result.rows.map((row) => [
    ...(several ? [row.host] : []),
    row.repository,
    row.tag,
    ...(result.digests ? [row.digest?.slice(0, 19) ?? '<none>'] : []),
    row.id,
    sayAge(result.at - row.createdAt),
    saySize(row.bytes),
    marks(row),
  ]);
  const totals = result.hosts.map(
    ({ host, images, bytes, dangling }) =>
      `*${host}* ${plural(images, 'image')}, ${saySize(bytes)}${dangling > 0 ? `, ${dangling} dangling` : ''}`,
  );
  const page = result.pages > 1 ? [`page ${result.page} of ${result.pages}`] : [];
  const sum = result.hosts.reduce((count, host) => count + host.images, 0);
  const text = `${plural(sum, 'image')} on ${result.hosts.map((host) => host.host).join(', ') || 'no host'}${withoutHosts(result.failures)}`;
  return {
    text,
    blocks: [
      ...(rows.length > 0
        ? [table(head, rows, [head.indexOf('SIZE')])]
        : result.hosts.length > 0
          ? [section('No images match.')]
          : []),
      ...failureBlocks(result.failures),
      closing([...totals, ...page], result),
      ...pageAndShare(request, result),
    ],
  };
}
