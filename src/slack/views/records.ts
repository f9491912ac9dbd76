import { sayDuration } from '../../commands/duration.ts';
import type { ApprovalsResult, DeploymentLine, DeploymentsResult, PlanResult } from '../../handlers/records.ts';
import type { RejectionLine } from '../../handlers/rejections.ts';
import { cut } from '../../text/cut.ts';
import { named } from '../../text/names.ts';
import { buttons, context, type Message, section, sections } from '../blocks.ts';
import { listed } from '../listed.ts';
import { clock, dayAndClock, inline, plain, plural } from '../text.ts';
import { answerButtons } from './card.ts';
import { planDetails, what } from './plan.ts';
import { quoted } from './quoted.ts';

const SIGNS: Readonly<Record<string, string>> = {
  deployed: ':white_check_mark:',
  rolled_back: ':rotating_light:',
  failed_kept_old: ':x:',
  partial: ':warning:',
  aborted: ':octagonal_sign:',
  needs_attention: ':sos:',
  refused: ':no_entry:',
};

const VERDICTS: Readonly<Record<string, string>> = {
  deployed: 'deployed',
  rolled_back: 'failed, and went back by itself',
  failed_kept_old: 'failed, what ran before was kept',
  partial: 'on some of its hosts only',
  aborted: 'stopped',
  needs_attention: '*needs attention*',
  refused: 'not started',
};

export function deploymentsView(result: DeploymentsResult): Message {
  const name = result.service === undefined ? '' : ` of ${result.service}`;
  if (result.deployments.length === 0 && result.rejections.length === 0) {
    const text = `No deployment${name} yet.`;
    return { text: plain(text), blocks: [section(plain(text))] };
  }
  return {
    text: `${plural(result.deployments.length, 'deployment')}${plain(name)}`,
    blocks: [
      section(`*Deployments${plain(name)}*, newest first`),
      ...sections([
        ...newestFirst(result),
        ...(result.older > 0 ? [`… and ${plural(result.older, 'older deployment')}`] : []),
      ]),
    ],
  };
}

/** Each kind is in its order already, which times need not be in when the clock was set: they only say how the two mix. */
function newestFirst({ deployments, rejections }: DeploymentsResult): string[] {
  const lines: string[] = [];
  const left = [...rejections];
  for (const one of deployments) {
    while (left[0] && left[0].at > one.at) lines.push(...left.splice(0, 1).map(rejectionLine));
    lines.push(deploymentLine(one));
  }
  return [...lines, ...left.map(rejectionLine)];
}

function rejectionLine({ service, version, action, requestedBy, by, reason, at }: RejectionLine): string {
  const back = action === 'rollback' ? ' (back)' : '';
  const why = reason === undefined ? '' : `: ${quoted(reason)}`;
  return `:no_entry_sign: *${plain(service)}* ${inline(version, 60)}${back} · rejected by <@${by}>${why} · <@${requestedBy}> · ${dayAndClock(at)}`;
}

export function deploymentLine(one: DeploymentLine): string {
  const sign = one.verdict === undefined ? ':hourglass_flowing_sand:' : (SIGNS[one.verdict] ?? ':grey_question:');
  const verdict = one.verdict === undefined ? 'under way' : (VERDICTS[one.verdict] ?? one.verdict);
  const how = one.breakGlass
    ? '*break-glass*'
    : one.startedBy === one.requestedBy
      ? ''
      : `approved by <@${one.startedBy}>`;
  const facts = [
    verdict,
    touched(one),
    `<@${one.requestedBy}>`,
    ...(how === '' ? [] : [how]),
    dayAndClock(one.at),
    ...(one.ms === undefined ? [] : [sayDuration(one.ms)]),
  ];
  const back = one.action === 'rollback' ? ' (back)' : '';
  return `${sign} *${plain(one.service)}* ${inline(one.version, 60)}${back} · ${facts.join(' · ')}`;
}

/** The hosts a deployment touched; those it was only planned for are counted. */
function touched({ hosts, planned, verdict }: DeploymentLine): string {
  if (hosts.length === 0) return verdict === undefined ? 'no host yet' : 'no host was touched';
  return `on ${named(hosts, 80)}${hosts.length < planned ? ` of ${planned} hosts` : ''}`;
}

export function approvalsView(result: ApprovalsResult): Message {
  if (result.waiting.length === 0)
    return { text: 'Nothing waits here.', blocks: [section('Nothing waits for an answer here.')] };
  const mine = result.waiting.filter((one) => one.mine);
  const line = (one: ApprovalsResult['waiting'][number]) =>
    `${one.mine ? ':point_right:' : ':white_circle:'} <@${one.requestedBy}> ${inline(one.line, 120)} until ${clock(one.expiresAt)} · plan ${inline(one.hash.slice(0, 8))}`;
  return {
    text: `${plural(result.waiting.length, 'question')} open, ${mine.length} for you`,
    blocks: [
      section(`*${plural(result.waiting.length, 'question')} open here*, ${mine.length} of them for you`),
      ...listed(
        [...mine, ...result.waiting.filter((one) => !one.mine)].map((one) => ({
          line: line(one),
          name: inline(one.hash.slice(0, 8)),
        })),
        (count) => plural(count, 'more question'),
      ),
      ...buttons(
        mine.slice(0, 5).map((one) => ({ label: `Look at ${cut(one.line, 40)}`, line: `/dock plan ${one.id}` })),
      ),
      context(
        mine.length > 5
          ? 'They are answered on their cards; `/dock plan` and the number of a plan shows the others.'
          : 'They are answered on their cards.',
      ),
    ],
  };
}

export function planView(result: PlanResult): Message {
  const text = `<@${result.requestedBy}> asks to ${what(result.plan)}`;
  const { blocks, ...file } = planDetails(result.plan, result.hash);
  return {
    ...file,
    text: text.replaceAll('*', ''),
    blocks: [
      section(`:clipboard: ${text}`),
      ...blocks,
      ...(result.mine ? buttons(answerButtons(result, result.needsYes)) : []),
    ],
  };
}
