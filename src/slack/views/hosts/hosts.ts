import { hosts } from '../../../commands/hosts/hosts.ts';
import { saySize } from '../../../domain/size.ts';
import type { HostsResult } from '../../../handlers/hosts/hosts.ts';
import { hosts as handler, SLOW_MS } from '../../../handlers/hosts/hosts.ts';
import type { Request } from '../../../handlers/request.ts';
import { listed } from '../../block-kit/listed.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, pageAndShare, whichPage } from '../parts/over-hosts.ts';

export function hostsView(result: HostsResult, request: Request): Message {
  const hosts = result.hosts.map(({ host, labels, version, info, disk, ms }) => {
    const tags = Object.entries(labels)
      .map(([key, value]) => inline(`${key}=${value}`))
      .join(' ');
    const counts = `${info.running} running of ${plural(info.containers, 'container')} · ${plural(info.images, 'image')}`;
    const bytes = disk
      ? ` · disk: images ${saySize(disk.imagesBytes)}, volumes ${saySize(disk.volumesBytes)}, cache ${saySize(disk.cacheBytes)}`
      : ' · disk use was not counted in time';
    return {
      name: host,
      line: `${ms >= SLOW_MS ? ':large_yellow_circle:' : ':large_green_circle:'} *${host}* ${tags}\n${plain(version.engine)} ${plain(version.version)} (API ${plain(version.apiVersion)}, ${plain(version.os)}/${plain(version.arch)}) · ${info.cpus} CPUs, ${saySize(info.memoryBytes)} memory\n${counts}${bytes} · answered in ${ms} ms`,
    };
  });
  const { ok, slow, down } = result.counts;
  const totals = [`${ok + slow} up`, ...(slow > 0 ? [`${slow} of them slow`] : []), `${down} down`];
  return {
    text: totals.join(', '),
    blocks: [
      ...(hosts.length + result.failures.length === 0 ? [section('No host is in that state.')] : []),
      ...(result.page === 1 ? failureBlocks(result.failures) : []),
      ...listed(hosts, (count) => plural(count, 'more host')),
      ...closing([], result, [...whichPage({ ...result, rows: hosts }), ...totals]),
      ...pageAndShare(request, result),
    ],
  };
}

export const hostsCommand = command({
  spec: hosts,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(hostsView(result, request)),
  progress: 'none',
  approval: 'none',
});
