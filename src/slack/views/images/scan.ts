import { scan } from '../../../commands/images/scan.ts';
import { sayAge } from '../../../domain/duration.ts';
import { SEVERITIES } from '../../../domain/finding.ts';
import { familiar, parseReference } from '../../../domain/reference.ts';
import type { ScanResult } from '../../../handlers/images/scan.ts';
import { scan as handler } from '../../../handlers/images/scan.ts';
import type { Request } from '../../../handlers/request.ts';
import { SCANNER_NAMES } from '../../../scanner/errors.ts';
import type { FeedState } from '../../../scanner/feeds.ts';
import { cut } from '../../../text/cut.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, type Press, section, sections } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { again, closing, type Option, share, withoutHosts } from '../parts/over-hosts.ts';
import { countWords, packageLine, UNJUDGED, waiverLine } from '../parts/vulnerabilities.ts';

export function scanView(result: ScanResult, request: Request): Message {
  const { groups, groupCount, failures, warnings, stale, file } = result;
  const verdict = verdictOf(result);
  const lines = groups.map((group) => ({ line: packageLine(group), name: plain(group.packageName) }));
  const more = groupCount - groups.length;
  return {
    text: `${verdict.text}${withoutHosts(failures)}`,
    blocks: [
      section(verdict.line),
      ...(stale === undefined ? [] : [context(`:warning: An old report: ${mrkdwn(stale)}`)]),
      ...listed(lines, (count) => `${plural(count + more, 'more package')} (Full report has all)`),
      ...leftBlocks(result),
      ...waiverBlocks(result),
      ...warnings.map((text) => context(`:information_source: ${prose(text)}`)),
      ...failureBlocks(failures),
      ...buttons(presses(request, result)),
      ...closing([], result, aboutReport(result)),
    ],
    ...(file === undefined ? {} : { file }),
  };
}

/** Never green over what was not judged. */
function verdictOf({ image, of, counts, knownExploited, unjudged, os, left, target }: ScanResult) {
  const where = of?.container === undefined ? '' : ` (${plain(of.container)} on ${plain(of.host)})`;
  const name = `${inline(image)}${where}`;
  const found = countWords(counts);
  const exploited = knownExploited === 0 ? '' : `${knownExploited} exploited now, `;
  const blind = unjudged.map((why) => UNJUDGED[why](plain(os ?? '')));
  const total = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  if (total > 0) {
    const text = `${exploited}${found} in ${image}`;
    const also = blind.length === 0 ? '' : `\n:grey_question: *Not all judged:* ${blind.join(' ')}`;
    const bad = knownExploited + counts.CRITICAL + counts.HIGH > 0;
    return {
      text,
      line: `${bad ? ':rotating_light:' : ':large_yellow_circle:'} *${exploited}${found}* in ${name}${also}`,
    };
  }
  if (blind.length > 0)
    return {
      text: `Not judged: ${image}`,
      line: `:grey_question: *Not judged*: ${name}. ${blind.join(' ')} No finding does not mean none.`,
    };
  const rest = left.suppressed === 0 ? '' : `, ${plural(left.suppressed, 'one', 'ones')} left out by the scanner`;
  const digest = familiar(parseReference(`${target.repository}@${target.digest}`));
  return {
    text: `No known vulnerabilities in ${image}`,
    line: `:white_check_mark: *No known vulnerabilities* in ${name}${rest}\n${inline(digest, 200)}`,
  };
}

function leftBlocks({ left }: ScanResult) {
  const said = [
    ...(left.unfixed > 0 ? [`${left.unfixed} without a fix left out (\`--ignore-unfixed\`)`] : []),
    ...(left.otherSeverity > 0 ? [`${left.otherSeverity} of other severities not listed`] : []),
    ...(left.suppressed > 0 ? [`${left.suppressed} left out by the scanner’s own settings`] : []),
  ];
  return said.length === 0 ? [] : [context(said.join(' · '))];
}

/** They stay visible for as long as the config names them. */
function waiverBlocks({ waived, waivedCount, expired }: ScanResult) {
  const lines = [
    ...waived.map((one) => waiverLine(one, 'counts')),
    ...(waivedCount > waived.length ? [`… and ${waivedCount - waived.length} more waived`] : []),
    ...expired.map((one) => waiverLine(one, 'expired')),
  ];
  return lines.length === 0 ? [] : sections(lines);
}

/** Of a feed, where it was read; why not, where the config names it. */
function feedWords(name: string, state: FeedState | undefined): string[] {
  if (state === undefined) return [];
  if (state.date !== '') return [`${name} of ${plain(state.date.slice(0, 10))}`];
  return state.failed === undefined ? [name] : [`${name} could not be read: ${plain(cut(state.failed, 100))}`];
}

function aboutReport({ scanner, scannedAt, at, database, os, feeds }: ScanResult): string[] {
  const data = database === undefined ? [] : [`data of ${plain(database.slice(0, 10))}`];
  const age = at - scannedAt < 60_000 ? 'scanned now' : `scanned ${sayAge(at - scannedAt)}`;
  return [
    ...(os === undefined ? [] : [plain(os)]),
    `${SCANNER_NAMES[scanner.kind]} ${plain(scanner.version)}`,
    age,
    ...data,
    ...feedWords('KEV', feeds.kev),
    ...feedWords('EPSS', feeds.epss),
  ];
}

function presses(request: Request, { groupCount, file, left, scanner }: ScanResult): Press[] {
  const severities: Option = ['severity', SEVERITIES.join(',')];
  const isSome = groupCount > 0 || left.otherSeverity > 0;
  const all = left.otherSeverity > 0 ? again(request, 'All severities', severities) : [];
  const files = file
    ? []
    : [
        ...again(request, 'Full report', severities, ['format', 'table']),
        ...(scanner.kind === 'harbor' ? [] : again(request, 'SARIF', ['format', 'sarif'])),
      ];
  return [...all, ...(isSome ? files : []), ...share(request)];
}

export const scanCommand = command({
  spec: scan,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(scanView(result, request)),
  progress: 'none',
  approval: 'none',
});
