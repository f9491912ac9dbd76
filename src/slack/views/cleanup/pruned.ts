import { saySize } from '../../../domain/size.ts';
import type { PrunedResult } from '../../../handlers/cleanup/carry-out.ts';
import { cut } from '../../../text/cut.ts';
import { listedLines } from '../../block-kit/listed.ts';
import { type Message, sections } from '../../block-kit/message.ts';
import { plain, plural, prose } from '../../block-kit/text.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, someHosts } from '../parts/over-hosts.ts';
import { noun } from './noun.ts';

export function prunedView(result: PrunedResult): Message {
  const lines = result.hosts.map((host) => ({
    name: host.host,
    line: `:wastebasket: *${host.host}*: removed ${plural(host.removed, noun(result.what))}${host.bytes > 0 ? `, up to ${saySize(host.bytes)} freed` : ''}`,
  }));
  const kept = result.hosts.flatMap((host) =>
    host.kept.map((item) => ({
      line: `• ${plain(cut(item.label, 80))} on *${host.host}*: ${prose(item.why)}`,
      name: plain(cut(item.label, 40)),
    })),
  );
  const by =
    result.answeredBy === result.requestedBy
      ? `<@${result.answeredBy}>`
      : `<@${result.requestedBy}>, approved by <@${result.answeredBy}>`;
  const removed = result.hosts.reduce((sum, host) => sum + host.removed, 0);
  return {
    text: `Removed ${plural(removed, noun(result.what))} on ${someHosts(result.hosts.map(({ host }) => host))}`,
    blocks: [
      ...sections([
        `*Removed ${plural(removed, noun(result.what))}* · requested by ${by}`,
        ...listedLines(lines, (count) => plural(count, 'more host')),
      ]),
      ...(kept.length > 0
        ? sections(['Kept:', ...listedLines(kept, (count) => plural(count, 'more kept', 'more kept'), 2400)])
        : []),
      ...failureBlocks(result.failures),
      ...closing([], result),
    ],
  };
}
