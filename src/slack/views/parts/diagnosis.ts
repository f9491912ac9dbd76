import type { KnownBlock } from '@slack/types';
import { type Cause, SURE } from '../../../docker/diagnosis/cause.ts';
import { cutPhrase } from '../../../domain/phrase.ts';
import type { Diagnosed } from '../../../handlers/containers/why/diagnosed.ts';
import { context, type Press, section } from '../../block-kit/message.ts';
import { mrkdwn } from '../../block-kit/phrase.ts';
import { inline, plain, prose } from '../../block-kit/text.ts';

const MOST_SENTENCE = 400;
const MOST_EVIDENCE = 200;
const ALSO = 3;

const isCause = ({ rank }: Cause) => rank >= SURE.guessed;

/** The cause to name first; undefined where nothing that was seen is likely one. */
export const mainCause = (causes: readonly Cause[]): Cause | undefined => causes.find(isCause);

/** What a cause says, in one line. */
export const causeSentence = ({ sentence }: Cause): string => mrkdwn(cutPhrase(sentence, MOST_SENTENCE));

/** What shows a cause, as quotes. */
export const causeEvidence = ({ evidence }: Cause): string[] =>
  evidence.map((line) => `> ${inline(line, MOST_EVIDENCE)}`);

/** The likeliest cause in one line, as a push notification shows it. */
export function diagnosisText(diagnosed: Diagnosed): string {
  const { name, host } = diagnosed;
  return `${plain(name)} on ${host}: ${verdictOf(diagnosed)}`;
}

/** The same as a line of a message. */
export function diagnosisLine(diagnosed: Diagnosed): string {
  const { name, host, diagnosis } = diagnosed;
  const sign = mainCause(diagnosis.causes) ? ':mag:' : diagnosed.isWell ? ':white_check_mark:' : ':grey_question:';
  return `${sign} *${plain(name)}* on *${host}*: ${verdictOf(diagnosed)}`;
}

/** The likeliest cause, its evidence and what to do; what else was seen below. Its buttons: `diagnosisPresses`. */
export function diagnosisBlocks(diagnosed: Diagnosed): KnownBlock[] {
  const { diagnosis, lately = [] } = diagnosed;
  const { causes, lookedAt, unread } = diagnosis;
  const main = mainCause(causes);
  const rest = causes.filter((cause) => cause !== main).slice(0, ALSO);
  const also = rest.map(causeSentence);
  // A name that is refused before anything is asked has none.
  const facts = [
    ...diagnosed.about.map((word) => (/[/:@]/u.test(word) ? inline(word, 80) : plain(word))),
    ...(main || lookedAt.length === 0 ? [] : [`looked at ${lookedAt.join(', ')}`]),
    ...(unread.length > 0 ? [`not read: ${unread.map((what) => prose(what)).join(', ')}`] : []),
  ];
  return [
    section([diagnosisLine(diagnosed), ...(main ? causeEvidence(main) : [])].join('\n')),
    ...(main ? [section(`→ ${mrkdwn(main.advice)}`)] : []),
    ...(also.length > 0 ? [context(`Also seen: ${also.join(' ')}`)] : []),
    ...(lately.length > 0 ? [context(`Changed lately: ${lately.map(mrkdwn).join(' · ')}`)] : []),
    ...(facts.length > 0 ? [context(facts.join(' · '))] : []),
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
  const main = mainCause(diagnosed.diagnosis.causes);
  if (main) return causeSentence(main);
  return diagnosed.isWell ? prose(diagnosed.well) : 'No cause found.';
}
