import { SEE_EVIDENCE } from '../../../docker/rollout/new-version.ts';
import { cutPhrase } from '../../../domain/phrase.ts';
import type { Approver } from '../../../handlers/approval/approver.ts';
import type { NobodyCan } from '../../../handlers/approval/nobody-can.ts';
import type { Note } from '../../../handlers/deploy/card/notes.ts';
import type { CardVerdict } from '../../../handlers/deploy/planning/types.ts';
import { cutStart } from '../../../text/cut.ts';
import { sayTimes } from '../../../text/times.ts';
import { aboutChannel, buttons, context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { dayAndClock, inline, plain, plural } from '../../block-kit/text.ts';
import { grantOver } from '../grants/over.ts';
import { causeEvidence, causeSentence, mainCause } from '../parts/diagnosis.ts';
import { mention } from '../parts/mention.ts';
import { quoted } from '../parts/quoted.ts';
import { endedWords } from './card/ended.ts';
import { onHosts } from './card/places.ts';

/** A line whose secret values were left out cannot be typed again. */
const retry = ({ line }: { readonly line: string }) =>
  line.includes('***') ? [] : [{ label: 'Retry', line: `/${line}` }];

/** A message beside a card: in its thread, or to one person. */
export function noteView(note: Note): Message {
  switch (note.kind) {
    case 'asked':
      return say(note.nobody ? stuck(note, note.nobody) : asked(note));
    case 'expired':
      return say(
        `<@${note.requestedBy}>: approval expired for your request to ${plain(note.what)}${note.clockSetBack === true ? ', since Fairlead’s clock was set back' : ''}. Nothing changed.`,
        retry(note),
      );
    case 'stale':
      return say(
        `<@${note.requestedBy}>: your request to ${plain(note.what)} was closed. ${plain(note.why)} Nothing changed.`,
        retry(note),
      );
    case 'rejected':
      return say(
        `<@${note.requestedBy}>: <@${note.by}> rejected your ${plain(note.what)}: ${quoted(note.reason)} Nothing changed.`,
      );
    case 'wave':
      return say(
        `<@${note.requestedBy}> ${all(note.approvers)}: ${note.again ? 'still waiting for you: ' : ''}${plain(note.what)} is on ${listed(note.done)}. Continue with ${listed(note.next)}? Answer above ${untilWord(note.expiresAt)}; after that ${note.next.length === 1 ? `${listed(note.next)} is skipped` : 'these hosts are skipped'}.`,
      );
    case 'evidence':
      return evidenceView(note.host, note.verdict);
    case 'ended':
      return say(`${toldOf(note)}: ${returnedWords(note)}${plain(note.what)} ${howEnded(note)}`);
    case 'review-due':
      return say(
        `${all(note.approvers)}: <@${note.by}> broke the glass to ${plain(note.what)}; its review is still not signed${note.overdue ? ', and is overdue' : ''}.`,
        [{ label: 'Sign the review', line: `/dock sign ${note.id}` }],
      );
    case 'lock-ending':
      return say(`Your lock on *${plain(note.service)}* ends ${untilWord(note.until, 'at')}.`, [
        { label: 'Extend by 2 h', line: `/dock lock ${note.service} --for 2h --of ${note.token}` },
        { label: 'Release', line: `/dock unlock ${note.service} --of ${note.token}` },
      ]);
    case 'audit-head':
      return say(`Audit log head \`${note.head}\` · compare: \`fairlead audit verify --head …\``);
    case 'lock-ended':
      return say(`Your lock on *${plain(note.service)}* has ended.`);
    case 'grant-over':
      return grantOver(note);
    case 'lock-asked':
      return say(
        `<@${note.by}> asks in <#${note.channel}> whether you still need your lock on *${plain(note.service)}*.`,
        [
          { label: 'Release it', line: `/dock unlock ${note.service} --of ${note.token}` },
          { label: 'Extend by 2 h', line: `/dock lock ${note.service} --for 2h --of ${note.token}` },
        ],
      );
    case 'lock-taken':
      return say(
        `<@${note.by}> took over your lock on *${plain(note.service)}* in <#${note.channel}>: ${inline(note.reason, 300)}`,
      );
    case 'lock-free':
      return say(
        `*${plain(note.service)}* is free, and you are next in line.`,
        [{ label: 'Lock it for 2 h', line: `/dock lock ${note.service}` }],
        note.channel,
      );
  }
}

function asked({ approvers, again, requestedBy, what, expiresAt }: Extract<Note, { kind: 'asked' }>): string {
  return `${all(approvers)}: ${again ? 'still waiting for you: ' : ''}<@${requestedBy}> asks to ${plain(what)}. Answer above ${untilWord(expiresAt)}.`;
}

/** To the requester: those who are asked cannot answer. */
function stuck({ requestedBy, what, expiresAt }: Extract<Note, { kind: 'asked' }>, { why, hint }: NobodyCan): string {
  return `<@${requestedBy}>: your request to ${plain(what)} still waits ${untilWord(expiresAt)}. ${mrkdwn(why)} ${mrkdwn(hint)}`;
}

function toldOf({ verdict, requestedBy, approvedBy }: Extract<Note, { kind: 'ended' }>): string {
  const people = verdict === 'deployed' ? [requestedBy] : [requestedBy, ...approvedBy];
  return [...new Set(people)].map((person) => `<@${person}>`).join(' ');
}

function returnedWords({ returned = [] }: Extract<Note, { kind: 'ended' }>): string {
  return returned.length === 0 ? '' : `${listed(returned)} ${returned.length === 1 ? 'responds' : 'respond'} again. `;
}

function howEnded({ verdict, left, blamed, hasEvidence, places }: Extract<Note, { kind: 'ended' }>): string {
  if (verdict === 'deployed') return 'is deployed.';
  if (verdict === 'partial')
    return places ? onHosts(places) : 'is on some hosts only. The card lists the version on each host.';
  return `${endedWords(verdict, left, blamed, { places })}${hasEvidence ? ' Logs and health checks are in this thread.' : ''}`;
}

/** Evidence of a failed version, collected before its container was removed. */
function evidenceView(host: string, verdict: CardVerdict): Message {
  const { evidence } = verdict;
  if (!evidence) return say(`*${host}*: ${mrkdwn(verdict.why)}`);
  const facts = [
    `state ${inline(evidence.state, 40)}`,
    ...(evidence.exitCode === undefined ? [] : [`exit code ${evidence.exitCode}`]),
    ...(evidence.outOfMemory ? ['*out of memory*'] : []),
    ...(evidence.restartCount > 0 ? [`restarted ${sayTimes(evidence.restartCount)}`] : []),
    `gate: ${evidence.strength}`,
  ];
  const said =
    evidence.error === '' ? [] : [section(`Container error, as the engine reports it: ${inline(evidence.error, 500)}`)];
  const health =
    evidence.healthLog.length === 0
      ? []
      : [section('Health checks, newest last:'), preformatted(cutStart(evidence.healthLog.slice(-5).join('\n'), 2000))];
  const lines =
    evidence.lastLines.length === 0
      ? [section('Its log is empty.')]
      : [section('Last log lines:'), preformatted(cutStart(evidence.lastLines.slice(-40).join('\n'), 2800))];
  const cause = mainCause(evidence.causes ?? []);
  const why = mrkdwn(cutPhrase(verdict.why, 600));
  const head = cause ? [causeSentence(cause), ...causeEvidence(cause), why] : [why];
  const tryThis = cause?.advice ?? (verdict.tryThis === SEE_EVIDENCE ? '' : verdict.tryThis);
  return {
    text: `${host}: ${cause ? causeSentence(cause) : mrkdwn(verdict.why)}`,
    blocks: [
      section(`:mag: *${host}*: ${head.join('\n')}\n${facts.join(' · ')}`),
      ...(tryThis === '' ? [] : [context(`→ ${mrkdwn(tryThis)}`)]),
      ...said,
      ...health,
      ...lines,
      ...buttons((cause?.next ?? []).slice(0, 2).map(({ label, line }) => ({ label, line: `/dock ${line}` }))),
    ],
  };
}

/** With `about`, the buttons count in that channel, wherever they are pressed. */
function say(text: string, presses: readonly { label: string; line: string }[] = [], about?: string): Message {
  const actions = buttons(presses);
  return {
    text: text.replaceAll('*', ''),
    blocks: [
      section(text),
      ...(about === undefined ? actions : actions.map((block, index) => aboutChannel(block, about, index))),
    ],
  };
}

function listed(hosts: readonly string[]): string {
  return hosts.length > 4 ? plural(hosts.length, 'host') : hosts.join(', ');
}

function all(approvers: readonly Approver[]): string {
  return approvers.map(mention).join(' ');
}

function untilWord(at: number, word = 'until'): string {
  return `${word} ${dayAndClock(at)}`;
}
