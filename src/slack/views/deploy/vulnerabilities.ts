import type { SectionBlock } from '@slack/types';
import { countSeverities, SEVERITIES } from '../../../domain/finding.ts';
import { cutPhrase } from '../../../domain/phrase.ts';
import type { PlanFinding, PlanVulnerabilities } from '../../../handlers/deploy/planning/vulnerability-plan.ts';
import { named } from '../../../text/names.ts';
import { sections } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain } from '../../block-kit/text.ts';
import { countWords, findingWords, UNJUDGED, waiverLine } from '../parts/vulnerabilities.ts';

/** How many findings are named: on a card, and in Details. */
export const NAMED = { card: 3, details: 40 } as const;

/** What a deploy changes about the vulnerabilities on its hosts. What was not scanned or judged is never green. */
export function vulnerabilityBlocks(found: PlanVulnerabilities | undefined, most: number): SectionBlock[] {
  if (found === undefined) return [];
  if (found.unscanned !== undefined)
    return sections([`:grey_question: *Not scanned*: ${mrkdwn(cutPhrase(found.unscanned, 600))}`]);
  const { waived, uncompared, stale, unjudged, os } = found;
  return sections([
    ...unjudged.map((why) => `:grey_question: *Not judged*: ${UNJUDGED[why](plain(os ?? ''))}`),
    introducedLine(found, most),
    ...fixedLine(found, most),
    ...(uncompared.length === 0
      ? []
      : [
          `:grey_question: What runs on ${named(uncompared, 200)} was not scanned: everything counts as introduced there.`,
        ]),
    ...(stale === undefined ? [] : [`:warning: From an old report: ${mrkdwn(cutPhrase(stale, 300))}`]),
    ...waived.slice(0, most).map((one) => waiverLine(one, 'counts')),
    ...(waived.length > most ? [`… and ${waived.length - most} more waived`] : []),
  ]);
}

function introducedLine({ introduced, moreIntroduced, unjudged, scanner }: PlanVulnerabilities, most: number): string {
  const counts = countSeverities(introduced);
  const all = SEVERITIES.map((severity) => [severity, counts[severity] + moreIntroduced[severity]] as const);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  const by = plain(scanner ?? '');
  if (total === 0)
    return unjudged.length > 0
      ? `Of what ${by} could judge, no vulnerabilities are introduced`
      : `:white_check_mark: No vulnerabilities introduced (${by})`;
  const exploited = introduced.filter(({ knownExploited }) => knownExploited).length;
  const words = [...(exploited > 0 ? [`${exploited} exploited now`] : []), countWords(Object.fromEntries(all))].join(
    ', ',
  );
  const bad = exploited + counts.CRITICAL + counts.HIGH > 0;
  const rest = total - Math.min(most, introduced.length);
  const lines = introduced.slice(0, most).map(findingLine);
  return [
    `${bad ? ':rotating_light:' : ':large_yellow_circle:'} *Introduces ${words}*`,
    ...lines,
    ...(rest > 0 ? [`… and ${rest} more`] : []),
  ].join('\n');
}

function findingLine(finding: PlanFinding): string {
  const fix = finding.fixedIn === undefined ? 'no fix yet' : `fixed in ${inline(finding.fixedIn, 60)}`;
  const { packageName, version } = finding;
  return `• ${findingWords(finding)}: ${plain(packageName)} ${plain(version)}, ${fix}`;
}

function fixedLine({ fixed, fixedCount, keptCount }: PlanVulnerabilities, most: number): string[] {
  if (fixedCount === 0 && keptCount === 0) return [];
  const ids = fixed.slice(0, most).map(({ id }) => plain(id));
  const more = fixedCount > ids.length ? [`${fixedCount - ids.length} more`] : [];
  const which = fixedCount === 0 ? '' : ` (${[...ids, ...more].join(', ')})`;
  return [`Fixes ${fixedCount}${which}, keeps ${keptCount}`];
}
