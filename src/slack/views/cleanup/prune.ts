import { prune } from '../../../commands/cleanup/prune.ts';
import { saySize } from '../../../domain/size.ts';
import { pruneApproval } from '../../../handlers/cleanup/approval.ts';
import type { PreviewResult } from '../../../handlers/cleanup/prune.ts';
import { prune as handler } from '../../../handlers/cleanup/prune.ts';
import type { PrunePlan } from '../../../handlers/cleanup/types.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { named } from '../../../text/names.ts';
import { context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { dayAndClock, plural } from '../../block-kit/text.ts';
import { approvable, command, type OpenRequest } from '../../command.ts';
import { answer, decision, question } from '../../reply/reply.ts';
import { answerButtons } from '../parts/asking.ts';
import { failureBlocks } from '../parts/failures.ts';
import { mention } from '../parts/mention.ts';
import { closing, someHosts } from '../parts/over-hosts.ts';
import { noun } from './noun.ts';
import { prunedView } from './pruned.ts';

/** Of a host, and hosts; what is beyond them is counted, and in the file. */
const LISTED = 25;

const LISTED_HOSTS = 15;

const LABEL = 80;

export function pruneView(result: PreviewResult, request: Pick<Request, 'person' | 'shownLine'>): Message {
  const what = result.args.what;
  if (result.total === 0) {
    return {
      text: `Nothing to remove: no unused ${what}`,
      blocks: [
        section(
          `Nothing to remove: no unused ${what} on ${
            named(
              result.hosts.map((host) => `*${host.host}*`),
              1500,
            ) || 'the hosts that answered'
          }.`,
        ),
        ...failureBlocks(result.failures),
        ...closing([], result),
      ],
    };
  }
  const hosts = result.hosts.filter((host) => host.candidates.length > 0);
  const lists = hosts
    .slice(0, LISTED_HOSTS)
    .flatMap((host) => [
      section(
        `*${host.host}*: ${plural(host.candidates.length, noun(what))}${host.bytes > 0 ? `, up to ${saySize(host.bytes)}` : ''}`,
      ),
      preformatted(listText(host.candidates, what)),
    ]);
  const who =
    result.from.length > 0
      ? `Needs approval from ${result.from.map(mention).join(' or ')}`
      : `Anyone who may give this command can confirm`;
  const freed = result.bytes > 0 ? ` (up to ${saySize(result.bytes)})` : '';
  const left = hosts.slice(LISTED_HOSTS);
  const isWhole = left.length === 0 && hosts.every(({ candidates }) => isListed(candidates));
  const file = isWhole
    ? {}
    : {
        file: {
          name: `prune-${what}.txt`,
          title: `All ${result.total} of ${request.shownLine}`,
          content: hosts
            .map(
              (host) =>
                `==> ${host.host} <==\n${host.candidates.map((item) => `${idOf(item, what)}  ${saySize(item.bytes)}  ${item.label}`).join('\n')}`,
            )
            .join('\n\n'),
        },
      };
  return {
    text: `<@${request.person}> wants to remove ${plural(result.total, noun(what))}${freed} on ${someHosts(hosts.map((host) => host.host))}`,
    blocks: [
      section(`<@${request.person}> wants to remove *${plural(result.total, noun(what))}*${freed}`),
      ...lists,
      ...(left.length === 0 ? [] : [section(leftText(left, what))]),
      ...failureBlocks(result.failures),
      context(`${who} until ${dayAndClock(result.expiresAt)}. This cannot be undone. Plan ${result.hash.slice(0, 8)}.`),
      ...answerButtons(result.id, {
        alone: result.from.length > 0 ? undefined : 'Remove',
        style: 'danger',
        confirm: {
          title: `Remove ${result.total} ${noun(what)}${result.total === 1 ? '' : 's'}?`,
          text: `On ${someHosts(hosts.map((host) => host.host))}. What is in use by then is skipped.`,
          yes: 'Remove',
        },
      }),
    ],
    ...file,
  };
}

/** Why a host gave no list is not stored. */
function openView(plan: PrunePlan, open: OpenRequest): Message {
  const total = plan.hosts.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const bytes = plan.hosts.reduce((sum, host) => sum + host.bytes, 0);
  const failures = (plan.unlisted ?? []).map((host) => ({
    host,
    summary: 'Gave no list when this was requested.',
    engineSaid: '',
    tryThis: 'Nothing is removed there.',
  }));
  return pruneView({ kind: 'preview', ...plan, ...open, total, bytes, ms: 0, failures }, open);
}

type Hosts = PreviewResult['hosts'];

type Candidates = Hosts[number]['candidates'];

const isListed = (candidates: Candidates) =>
  candidates.length <= LISTED && candidates.every(({ label }) => label.length <= LABEL);

function leftText(left: Hosts, what: PreviewResult['args']['what']): string {
  const count = left.reduce((sum, host) => sum + host.candidates.length, 0);
  const names = named(
    left.map(({ host }) => host),
    1000,
  );
  return `… and ${plural(count, `more ${noun(what)}`)} on ${plural(left.length, 'more host')}: ${names}. They are in the file.`;
}

/** The id of a volume is its name, which the label has as it may be shown. */
function idOf({ id, label }: Candidates[number], what: PreviewResult['args']['what']): string {
  return what === 'volumes' ? label : id;
}

function listText(candidates: Candidates, what: PreviewResult['args']['what']): string {
  const lines = candidates
    .slice(0, LISTED)
    .map(
      (item) =>
        `${saySize(item.bytes).padStart(7)}  ${cut(item.label, LABEL)}  ${cut(idOf(item, what).replace('sha256:', ''), 12, '')}`,
    );
  return cut(
    [...lines, ...(candidates.length > LISTED ? [`… and ${candidates.length - LISTED} more`] : [])].join('\n'),
    2800,
  );
}

export const pruneCommand = command({
  spec: prune,
  handler,
  delivery: ['message'],
  view(result, request) {
    const message = pruneView(result, request);
    return result.total === 0 ? answer(message) : question(result.id, message);
  },
  progress: 'none',
  approval: approvable(pruneApproval, {
    asked: openView,
    reply: (result) => decision(prunedView(result)),
  }),
});
