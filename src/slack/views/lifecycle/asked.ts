import type { AskedResult, Target } from '../../../handlers/lifecycle/types.ts';
import { optionWords, WORDS } from '../../../handlers/lifecycle/words.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { listed } from '../../block-kit/listed.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { clock, inline, plain, plural, prose } from '../../block-kit/text.ts';
import { answerButtons } from '../parts/asking.ts';
import { mention } from '../parts/mention.ts';
import { someHosts } from '../parts/over-hosts.ts';

const FINAL = 'This cannot be undone.';

/** A plan that waits: what would be done, whom it hits, and who may approve it. */
export function askedView(result: AskedResult, { person }: Pick<Request, 'person'>): Message {
  const { verb } = WORDS[result.act.action];
  const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
  const how = plain(optionWords(result.act));
  const rows = result.hosts.flatMap(({ host, targets }) => targets.map((target) => ({ host, target })));
  const hosts = someHosts(result.hosts.map(({ host }) => host));
  const names = named([...new Set(rows.map(({ target }) => plain(target.name)))], 600);
  const needsApproval = result.from.length > 0;
  const isFinal = result.act.action === 'rm';
  const who = needsApproval
    ? `Needs approval from ${result.from.map(mention).join(' or ')}`
    : 'Anyone who may give this command can confirm';
  return {
    text: `<@${person}> asks to ${verb} ${names}${how} on ${hosts}`,
    blocks: [
      section(`*${title} ${names}${how}?* Requested by <@${person}>.`),
      ...listed(
        rows.map(({ host, target }) => ({ name: plain(target.name), line: targetLine(host, target) })),
        (count) => plural(count, 'more container'),
      ),
      context(`${who} until ${clock(result.expiresAt)}.${isFinal ? ` ${FINAL}` : ''} Plan ${result.hash.slice(0, 8)}.`),
      ...answerButtons(result.id, {
        alone: needsApproval ? undefined : title,
        style: 'danger',
        ...(isFinal
          ? { confirm: { title: cut(`${title} ${names}?`, 95), text: `On ${hosts}. ${FINAL}`, yes: title } }
          : {}),
      }),
    ],
  };
}

function targetLine(host: string, target: Target): string {
  const facts = [
    ...target.affected.map(({ name, how }) => `:warning: ${inline(name)} ${prose(how)}.`),
    ...target.cautions.map((caution) => `:warning: ${prose(caution)}`),
    ...target.changes.map(({ setting, from, to }) => `• ${plain(setting)}: ${plain(from)} → *${plain(to)}*`),
    ...target.notes.map((note) => `• ${prose(note)}`),
  ];
  return [`${inline(target.name)} on *${host}* · ${plain(target.state)} · ${inline(target.image)}`, ...facts].join(
    '\n',
  );
}
