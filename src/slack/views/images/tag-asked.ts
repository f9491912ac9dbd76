import { familiar, parseReference } from '../../../domain/reference.ts';
import { replacedByTag } from '../../../handlers/images/tagging/replaced.ts';
import type { TagAsked, TagPlan } from '../../../handlers/images/tagging/types.ts';
import type { Request } from '../../../handlers/request.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plural, prose } from '../../block-kit/text.ts';
import { answerButtons, whoApproves } from '../parts/asking.ts';
import { unseenBlocks } from '../parts/unseen.ts';
import { short } from './by-whom.ts';

/** A tag that waits for approval: what it would replace, from which digest to which. */
export function tagAskedView(
  { plan, id, hash, from, expiresAt, unseen }: Pick<TagAsked, 'expiresAt' | 'from' | 'hash' | 'id' | 'plan' | 'unseen'>,
  { person }: Pick<Request, 'person'>,
): Message {
  const why = replacedByTag(plan);
  const name = familiar(parseReference(plan.target));
  const changes = changesOf(plan);
  return {
    text: `<@${person}> asks to ${why.length > 0 ? 'replace' : 'tag'} ${name}`,
    blocks: [
      section(`*${why.length > 0 ? 'Replace' : 'Tag'} ${inline(name)}?* Requested by <@${person}>.`),
      ...(why.length > 0 ? [section(why.map((one) => `:warning: ${prose(one)}`).join('\n'))] : []),
      ...listed(changes, (count) => plural(count, 'more host')),
      ...unseenBlocks(unseen, 'image'),
      context(`${whoApproves({ from, expiresAt })} Plan ${hash.slice(0, 8)}.`),
      ...answerButtons(id, { style: why.length > 0 ? 'danger' : 'primary' }),
    ],
  };
}

function changesOf(plan: TagPlan): { readonly name: string; readonly line: string }[] {
  const change = (before: string | null, after: string) =>
    before === null
      ? `a new tag for ${inline(short(after))}`
      : `from ${inline(short(before))} to ${inline(short(after))}`;
  const source = /^[0-9a-f]+$/u.test(plan.source) ? plan.source : familiar(parseReference(plan.source));
  if (plan.kind === 'registry')
    return [{ name: plan.target, line: `${change(plan.before, plan.digest)}\nwhich is ${inline(source)}` }];
  return plan.hosts.map(({ host, before, imageId }) => ({
    name: host,
    line: `*${host}*: ${change(before, imageId)}\nwhich is ${inline(source)}`,
  }));
}
