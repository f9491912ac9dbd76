import { tag } from '../../../commands/images/tag.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import { tag as handler } from '../../../handlers/images/tag.ts';
import { tagApproval } from '../../../handlers/images/tagging/approval.ts';
import type { Tagged, TaggedPlace, TagResult } from '../../../handlers/images/tagging/types.ts';
import type { Request } from '../../../handlers/request.ts';
import { sayCut } from '../../../registry/tags.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plural } from '../../block-kit/text.ts';
import { approvable, command } from '../../command.ts';
import { answer, decision, question } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, someHosts } from '../parts/over-hosts.ts';
import { unseenBlocks } from '../parts/unseen.ts';
import { byWhom, short } from './by-whom.ts';
import { tagAskedView } from './tag-asked.ts';
import { promotionLines } from './tag-promotion.ts';

export function tagView(result: TagResult, request: Request): Message {
  if (result.kind === 'tag-asked') return tagAskedView(result, request);
  if (result.kind === 'tagged') return taggedView(result);
  const { source, repository, offers, tagsCut } = result;
  return {
    text: `Next versions of ${repository}: ${offers.map(({ tag: next }) => next).join(', ')}`,
    blocks: [
      section(`*Which version of* ${inline(repository)} *is* ${inline(source)}*?*`),
      section(offers.map(({ bump, tag: next }) => `• ${bump}: ${inline(next)}`).join('\n')),
      context(`Nothing was changed.${sayCut({ cut: tagsCut })}`),
      ...buttons(offers.map(({ tag: next, line }) => ({ label: next, line }))),
    ],
  };
}

/** What became of a tag in a registry, or on each host. */
export function taggedView(result: Tagged): Message {
  const { hosts, target, source, where, failures, promotion, warnings } = result;
  const name = familiar(parseReference(target));
  const from = /^[0-9a-f]+$/u.test(source) ? source : familiar(parseReference(source));
  const places = someHosts(hosts.map(({ host }) => host));
  const isNew = hosts.some(({ state }) => state === 'tagged');
  const failed = failures.length > 0 ? `Not tagged ${whereIs(where, failures)}` : '';
  const verdict = hosts.length === 0 ? failed : isNew ? 'Tagged' : 'Unchanged';
  const entries = hosts.map((place) => ({ name: place.host, line: placeLine(place, hosts.length > 1) }));
  const back = hosts.flatMap(({ back: line, host, before }) =>
    line === undefined ? [] : [{ label: `Set back to ${short(before)}${hosts.length > 1 ? ` on ${host}` : ''}`, line }],
  );
  return {
    text:
      hosts.length === 0
        ? `${failed}: ${name}`
        : `${isNew ? 'Tagged' : 'Already tagged'} ${name} ${placed(where, places)}`,
    blocks: [
      section(`*${verdict}*: ${inline(name)} ${hosts.length === 0 ? '' : placed(where, places)}\nfrom ${inline(from)}`),
      ...listed(entries, (count) => plural(count, 'more host')),
      ...(promotion ? promotionLines(promotion) : []),
      ...failureBlocks(failures),
      ...unseenBlocks(result.unseen, 'image'),
      ...(isNew ? warnings.map((warning) => context(`:warning: ${mrkdwn(warning)}`)) : []),
      ...closing([], result, [byWhom(result)]),
      ...buttons(back),
    ],
  };
}

const placed = (where: Tagged['where'], places: string) => (where === 'registry' ? `in ${places}` : `on ${places}`);

const whereIs = (where: Tagged['where'], failures: Tagged['failures']) =>
  placed(where, someHosts(failures.map(({ host }) => host)));

function placeLine({ host, state, digest, before }: TaggedPlace, several: boolean): string {
  const on = several ? `*${host}*: ` : '';
  if (state === 'unchanged') return `:white_check_mark: ${on}already is ${inline(digest)}. Nothing was changed.`;
  const was = before === undefined ? 'new tag' : `before: ${inline(short(before))}`;
  return `:white_check_mark: ${on}${inline(digest)}\n${was}`;
}

export const tagCommand = command({
  spec: tag,
  handler,
  delivery: ['message'],
  view(result, request) {
    const message = tagView(result, request);
    return result.kind === 'tag-asked' ? question(result.id, message) : answer(message);
  },
  progress: 'none',
  approval: approvable(tagApproval, {
    asked: (plan, open) => tagAskedView({ plan, ...open }, open),
    reply: (result) => decision(taggedView(result)),
  }),
});
