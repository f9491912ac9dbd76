import { sayDuration } from '../../../domain/duration.ts';
import { sayExitCode } from '../../../domain/exit-code.ts';
import type { ProgramEndReport, ProgramReport } from '../../../handlers/containers/program/results.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { buttons, context, type Message, preformatted, section } from '../../block-kit/message.ts';
import { inline, plain, plural } from '../../block-kit/text.ts';
import { unseenBlocks } from '../parts/unseen.ts';
import { lineText } from './logs.ts';

/** Of a command, in its first line. */
const MOST_SAID = 100;

/** A program in a container, while it runs and when it has ended: the verdict first, then the end of its output. */
export function programView(report: ProgramReport, request: Request): Message {
  const { end, shown } = report;
  const where = `*${plain(report.container)}* on *${report.host}*`;
  const verdict = end ? verdictOf(end, report) : ':hourglass_flowing_sand: Running';
  const isLong = end !== undefined && end.text !== '' && report.lines > shown.length;
  return {
    text: `${end ? plainVerdict(end, report) : 'Running'}: ${plain(cut(report.said, MOST_SAID))} in ${plain(report.container)} on ${report.host}`,
    blocks: [
      section(`${verdict}: ${inline(report.said, MOST_SAID)} in ${where}`),
      ...(shown.length > 0
        ? [preformatted(shown.map(lineText).join('\n'))]
        : end
          ? [context('It wrote nothing.')]
          : []),
      ...unseenBlocks(report.unseen),
      ...warnings(report),
      context(facts(report, request, isLong)),
      ...(end ? [] : buttons([{ label: 'Stop', line: `/dock unfollow ${report.id}`, style: 'danger' }])),
    ],
    ...(isLong
      ? {
          file: {
            name: `${cut(report.container, 60, '')}-${report.id.slice(-6).toLowerCase()}.txt`,
            title: cut(`${report.said} in ${report.container} on ${report.host}`, 200),
            content: end.text,
          },
        }
      : {}),
  };
}

function verdictOf(end: ProgramEndReport, report: ProgramReport): string {
  const isGood = end.ended === 'exited' && end.exitCode === 0;
  return `${isGood ? ':white_check_mark:' : ':x:'} *${plainVerdict(end, report)}*`;
}

function plainVerdict({ ended, exitCode }: ProgramEndReport, { boundS }: ProgramReport): string {
  switch (ended) {
    case 'exited': {
      const words = sayExitCode(exitCode ?? 0);
      return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
    }
    case 'timed-out':
      return `Timed out after ${sayDuration((boundS ?? 0) * 1000)}`;
    case 'stopped':
      return 'Stopped';
    case 'too-long':
      return 'Stopped: it wrote more than is read';
    case 'lost':
      return 'Its end was not seen';
  }
}

function warnings({ end, boundS }: ProgramReport) {
  if (!end)
    return boundS === undefined ? [context(':warning: Its image has no `timeout`: nothing ends it there.')] : [];
  const said = end.lost === undefined ? [] : [context(`:warning: ${inline(end.lost, 300)}`)];
  if (!end.isLeft) return said;
  const until =
    boundS === undefined
      ? 'It may still run in the container, where nothing ends it: restart the container.'
      : `It may still run in the container, for ${sayDuration(boundS * 1000)} after its start at most; what it left in the background may run on.`;
  return [...said, context(`:warning: ${until}`)];
}

function facts({ end, lines, boundS, shown }: ProgramReport, { person }: Request, isLong: boolean): string {
  const bound = boundS === undefined ? undefined : `ended after ${sayDuration(boundS * 1000)} at most`;
  return [
    `<@${person}>`,
    isLong ? `the last ${shown.length} of ${plural(lines, 'line')}; all are in the file` : plural(lines, 'line'),
    ...(end ? [end.ms < 1000 ? `${end.ms} ms` : sayDuration(end.ms)] : bound === undefined ? [] : [bound]),
    ...(end && lines > 0 ? [`sha256 ${end.sha256.slice(0, 12)}`] : []),
  ].join(' · ');
}
