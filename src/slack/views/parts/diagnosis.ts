import type { KnownBlock } from '@slack/types';
import { type Cause, SURE } from '../../../docker/diagnosis/cause.ts';
import { cutPhrase } from '../../../domain/phrase.ts';
import type { Diagnosed } from '../../../handlers/containers/why/diagnosed.ts';
import { context, type Press, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain, plural, prose } from '../../block-kit/text.ts';

const MOST_SENTENCE = 400;
const MOST_EVIDENCE = 200;
const ALSO = 3;

const isCause = ({ rank }: Cause) => rank >= SURE.guessed;

/** The likeliest cause in one line, as a push notification shows it. */
export function diagnosisText(diagnosed: Diagnosed): string {
  const { name, host } = diagnosed;
  return `${plain(name)} on ${host}: ${verdictOf(diagnosed)}`;
}

/** The same as a line of a message. */
export function diagnosisLine(diagnosed: Diagnosed): string {
  const { name, host, diagnosis } = diagnosed;
  const sign = diagnosis.causes.some(isCause) ? ':mag:' : isWell(diagnosed) ? ':white_check_mark:' : ':grey_question:';
  return `${sign} *${plain(name)}* on *${host}*: ${verdictOf(diagnosed)}`;
}

/** The likeliest cause, its evidence and what to do; what else was seen below. Its buttons: `diagnosisPresses`. */
export function diagnosisBlocks(diagnosed: Diagnosed): KnownBlock[] {
  const { diagnosis } = diagnosed;
  const { causes, lookedAt, unread } = diagnosis;
  const main = causes.find(isCause);
  const rest = causes.filter((cause) => cause !== main).slice(0, ALSO);
  const evidence = main?.evidence.map((line) => `> ${inline(line, MOST_EVIDENCE)}`) ?? [];
  const also = rest.map(({ sentence }) => mrkdwn(cutPhrase(sentence, MOST_SENTENCE)));
  return [
    section([diagnosisLine(diagnosed), ...evidence].join('\n')),
    ...(main ? [section(`→ ${mrkdwn(main.advice)}`)] : []),
    ...(also.length > 0 ? [context(`Also seen: ${also.join(' ')}`)] : []),
    context(
      [
        stateOf(diagnosed),
        ...(main ? [] : [`looked at ${lookedAt.join(', ')}`]),
        ...(unread.length > 0 ? [`not read: ${unread.map((what) => prose(what)).join(', ')}`] : []),
      ].join(' · '),
    ),
  ];
}

/** The commands that help, as buttons; a message has them all in one block. */
export function diagnosisPresses({ steps }: Diagnosed): Press[] {
  return steps.map(({ label, line }, index) => ({
    label,
    line: `/dock ${line}`,
    ...(index === 0 ? { style: 'primary' as const } : {}),
  }));
}

function verdictOf(diagnosed: Diagnosed): string {
  const main = diagnosed.diagnosis.causes.find(isCause);
  if (main) return mrkdwn(cutPhrase(main.sentence, MOST_SENTENCE));
  return isWell(diagnosed)
    ? `It runs${diagnosed.health === 'healthy' ? ' and is healthy' : ', and nothing points to a fault'}.`
    : 'No cause found.';
}

const isWell = ({ state, health }: Diagnosed) => state === 'running' && health !== 'unhealthy';

function stateOf({ state, health, restarts, image }: Diagnosed): string {
  return [
    state,
    ...(health === undefined ? [] : [health]),
    ...(restarts > 0 ? [plural(restarts, 'restart')] : []),
    inline(image, 80),
  ].join(' · ');
}
