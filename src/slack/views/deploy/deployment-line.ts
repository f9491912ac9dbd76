import { sayDuration } from '../../../domain/duration.ts';
import type { DeploymentLine } from '../../../handlers/deploy/deployment-lines.ts';
import type { RejectionLine } from '../../../handlers/deploy/rejections.ts';
import { named } from '../../../text/names.ts';
import { dayAndClock, inline, plain } from '../../block-kit/text.ts';
import { inQuotes } from '../parts/quoted.ts';

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
  rolled_back: 'failed, rolled back',
  failed_kept_old: 'failed, the version before kept running',
  partial: 'on some hosts only',
  aborted: 'aborted',
  needs_attention: '*needs attention*',
  refused: 'not started',
};

export function rejectionLine({ service, version, action, requestedBy, by, reason, at }: RejectionLine): string {
  const back = action === 'rollback' ? ' (rollback)' : '';
  const why = reason === undefined ? '' : `: ${inQuotes(reason)}`;
  return `:no_entry_sign: *${plain(service)}* ${inline(version, 60)}${back} · rejected by <@${by}>${why} · <@${requestedBy}> · ${dayAndClock(at)}`;
}

export function deploymentLine(one: DeploymentLine): string {
  const sign = one.verdict === undefined ? ':hourglass_flowing_sand:' : (SIGNS[one.verdict] ?? ':grey_question:');
  const verdict = verdictWord(one);
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
  const back = one.action === 'rollback' ? ' (rollback)' : '';
  return `${sign} *${plain(one.service)}* ${inline(one.version, 60)}${back} · ${facts.join(' · ')}`;
}

/** A deployment that touched no host does not know what kept running: its hosts may have changed since its plan. */
function verdictWord({ verdict, hosts }: DeploymentLine): string {
  if (verdict === undefined) return 'in progress';
  if (verdict === 'failed_kept_old' && hosts.length === 0) return 'not started';
  return VERDICTS[verdict] ?? verdict;
}

/** The hosts of a deployment's line; those it was only planned for are counted. */
function touched({ hosts, planned, verdict }: DeploymentLine): string {
  // Of its hosts, the reader may see only those that did not get the version.
  if (hosts.length === 0 && verdict === 'partial') return 'on none of the hosts you see';
  if (hosts.length === 0) return verdict === undefined ? 'no host yet' : 'no host was touched';
  return `on ${named(hosts, 80)}${hosts.length < planned ? ` of ${planned} hosts` : ''}`;
}
