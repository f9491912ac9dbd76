import type { Acted, ActedResult, ActingReport } from '../../../handlers/lifecycle/types.ts';
import { WORDS } from '../../../handlers/lifecycle/words.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { diagnosisBlocks, diagnosisPresses } from '../parts/diagnosis.ts';
import { failureBlocks } from '../parts/failures.ts';
import { closing, someHosts } from '../parts/over-hosts.ts';

const SIGNS: Readonly<Record<Acted['verdict'], string>> = {
  done: ':white_check_mark:',
  unchanged: ':white_check_mark:',
  failed: ':x:',
  unknown: ':grey_question:',
  skipped: ':heavy_minus_sign:',
};
/** What went wrong is seen first. */
const RANK: Readonly<Record<Acted['verdict'], number>> = { failed: 0, unknown: 1, skipped: 2, done: 3, unchanged: 4 };
/** More causes would bury the rest. */
const MOST_CAUSES = 3;

interface Row {
  readonly host: string;
  readonly one: Acted;
}

/** What became of every container of a plan. */
export function actedView(result: ActedResult): Message {
  const several = result.hosts.length > 1;
  const rows = result.hosts
    .flatMap(({ host, containers }) => containers.map((one): Row => ({ host, one })))
    .toSorted((a, b) => RANK[a.one.verdict] - RANK[b.one.verdict]);
  const entries = rows.map(({ host, one }) => ({ name: plain(one.name), line: lineOf(host, one, several) }));
  const why = rows.flatMap(({ one }) => one.why ?? []).slice(0, MOST_CAUSES);
  return {
    text: headline(result, rows),
    blocks: [
      ...listed(entries, (count) => plural(count, 'more container')),
      ...why.flatMap(diagnosisBlocks),
      ...failureBlocks(result.lost),
      ...closing([], result, [...(several ? [] : result.hosts.map(({ host }) => host)), byWhom(result)]),
      ...buttons(why.slice(0, 1).flatMap(diagnosisPresses)),
    ],
  };
}

function lineOf(host: string, one: Acted, several: boolean): string {
  const where = several ? ` on *${host}*` : '';
  const notes = one.notes.map((note) => `\n• ${prose(note)}`).join('');
  const next = one.tryThis === undefined ? '' : `\n→ ${mrkdwn(one.tryThis)}`;
  return `${SIGNS[one.verdict]} ${inline(one.name)}${where} ${mrkdwn(one.said)}${notes}${next}`;
}

function headline({ action, hosts }: ActedResult, rows: readonly Row[]): string {
  const on = someHosts(hosts.map(({ host }) => host));
  const [only] = rows;
  if (only && rows.length === 1) return `${plain(only.one.name)} on ${on} ${mrkdwn(only.one.said)}`;
  const good = rows.filter(({ one }) => RANK[one.verdict] > 2).length;
  const count = good === rows.length ? plural(good, 'container') : `${good} of ${plural(rows.length, 'container')}`;
  const { past } = WORDS[action];
  return `${past.charAt(0).toUpperCase()}${past.slice(1)} ${count} on ${on}`;
}

function byWhom({ requestedBy, answeredBy }: ActedResult): string {
  return requestedBy === answeredBy ? `<@${requestedBy}>` : `<@${requestedBy}>, approved by <@${answeredBy}>`;
}

/** How far it is. */
export function actingView({ action, hosts }: ActingReport): Message {
  const { ing } = WORDS[action];
  const head = `${ing.charAt(0).toUpperCase()}${ing.slice(1)}`;
  const rows = hosts.flatMap(({ host, containers }) => containers.map((one) => ({ host, ...one })));
  const lines = rows.map(({ host, name, words }) => ({
    name: plain(name),
    line: `${inline(name)} on *${host}*: ${prose(words)}`,
  }));
  return {
    text: `${head} ${plural(rows.length, 'container')} on ${someHosts(hosts.map(({ host }) => host))}`,
    blocks: [context(`${head}…`), ...listed(lines, (count) => plural(count, 'more container'))],
  };
}
