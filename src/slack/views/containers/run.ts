import type { KnownBlock } from '@slack/types';
import { type RunArgs, run } from '../../../commands/containers/run.ts';
import { sayDuration } from '../../../domain/duration.ts';
import { sayExitCode } from '../../../domain/exit-code.ts';
import { saySize } from '../../../domain/size.ts';
import type { RunEnd, RunReport } from '../../../handlers/containers/run/results.ts';
import { run as handler } from '../../../handlers/containers/run.ts';
import type { Request } from '../../../handlers/request.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { buttons, context, type Message, type Press, preformatted, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { clock, inline, plain, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer, aside, form } from '../../reply/reply.ts';
import { diagnosisBlocks, diagnosisPresses } from '../parts/diagnosis.ts';
import { signedWords } from '../parts/signed.ts';
import { runForm } from './forms.ts';
import { lineText } from './logs.ts';

/** A new container: its outcome first, then where it runs, then its output. */
export function runView(report: RunReport, request: Request<RunArgs>): Message {
  const { name, host, image, state, shown } = report;
  const isLong = state.at === 'ended' && state.text !== '' && report.lines > shown.length;
  return {
    text: `${wordsOf(report)}: ${plain(name)} on ${host}, from ${plain(cut(image, 200))}`,
    blocks: [
      section(`${iconOf(state)} *${wordsOf(report)}*: *${plain(name)}* on *${host}*`),
      ...(report.diagnosis ? [] : refusal(state)),
      ...(shown.length > 0 ? [preformatted(shown.map(lineText).join('\n'))] : []),
      ...(report.diagnosis ? diagnosisBlocks(report.diagnosis) : []),
      ...report.warnings.map((warning) => context(`:warning: ${prose(warning)}`)),
      ...(report.signed ? [context(signedWords(report.signed))] : []),
      context(facts(report, request, isLong)),
      ...buttons(pressesOf(report)),
    ],
    ...(isLong
      ? {
          file: {
            name: `${cut(name, 60, '')}.txt`,
            title: cut(`${name} on ${host}, from ${image}`, 200),
            content: state.text,
          },
        }
      : {}),
  };
}

function iconOf(state: RunReport['state']): string {
  if (state.at === 'refused') return ':x:';
  if (state.at === 'up') return ':white_check_mark:';
  if (state.at !== 'ended') return ':hourglass_flowing_sand:';
  return state.why === 'exited' && state.exitCode === 0 ? ':white_check_mark:' : ':x:';
}

function wordsOf({ state }: RunReport): string {
  switch (state.at) {
    case 'pulling':
      return `Pulling${progressOf(state.progress)}`;
    case 'starting':
      return 'Starting';
    case 'following':
      return 'Running';
    case 'up':
      return 'Started';
    case 'refused':
      return 'Not started';
    case 'ended':
      return endOf(state);
  }
}

function progressOf(progress: Extract<RunReport['state'], { at: 'pulling' }>['progress']): string {
  if (progress === undefined || progress.bytesTotal === 0) return '';
  return ` ${saySize(progress.bytesDone)} of ${saySize(progress.bytesTotal)}`;
}

function endOf({ why, exitCode, outOfMemory }: RunEnd): string {
  if (outOfMemory) return 'Out of memory: killed at its limit';
  switch (why) {
    case 'exited': {
      const words = sayExitCode(exitCode ?? 0);
      return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
    }
    case 'time':
      return 'Stopped: its time was up';
    case 'stopped':
      return 'Stopped';
    case 'too-long':
      return 'Stopped: it wrote more than is read';
    case 'lost':
      return 'Its end was not seen';
  }
}

function refusal(state: RunReport['state']): KnownBlock[] {
  if (state.at !== 'refused') return [];
  const said = state.engineSaid === '' ? '' : `\n${inline(state.engineSaid, 300)}`;
  return [section(`${prose(state.summary)}${said}\n→ ${mrkdwn(state.tryThis)}`)];
}

function facts(report: RunReport, { person }: Request, isLong: boolean): string {
  const { state, ports, lines, shown, until } = report;
  const isOver = state.at === 'ended' && state.isRemoved;
  return [
    inline(report.image),
    ...(ports.length > 0
      ? [`ports ${ports.slice(0, 6).map(plain).join(', ')}${ports.length > 6 ? ` and ${ports.length - 6} more` : ''}`]
      : []),
    ...(isLong ? [`the last ${shown.length} of ${plural(lines, 'line')}; all are in the file`] : []),
    ...(state.at === 'up' ? [plain(state.status)] : []),
    ...(state.at === 'ended' && state.ms > 0 ? [state.ms < 1000 ? `${state.ms} ms` : sayDuration(state.ms)] : []),
    ...(isOver ? ['removed'] : until === undefined ? [] : [`removed at ${clock(until)}`]),
    `<@${person}>`,
  ].join(' · ');
}

function pressesOf({ state, name, host, id, diagnosis }: RunReport): Press[] {
  if (state.at === 'following' || state.at === 'pulling')
    return [{ label: 'Stop', line: `/dock unfollow ${id}`, style: 'danger' }];
  if (diagnosis) return diagnosisPresses(diagnosis);
  return state.at === 'up' ? [{ label: 'Logs', line: `/logs ${name} --on ${host}` }] : [];
}

export const runCommand = command({
  spec: run,
  handler,
  delivery: ['message', 'form'],
  view(result, request) {
    if (result.kind === 'run') return answer(runView(result, request));
    const text = `Say which image: ${slash(`run -d -m 256m redis:7 @${result.host}`)}.`;
    return form((place) => runForm(result, place), aside({ text: text.replaceAll('`', ''), blocks: [section(text)] }));
  },
  progress: { view: runView, stands: 'channel', begins: 'when-slow' },
  approval: 'none',
  opensForm: ({ args }) => args.image === undefined,
});
