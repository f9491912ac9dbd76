import type { Refused, Usage } from '../../handlers/answer.ts';
import type { Accepted, DecideDeps } from '../../handlers/deciding.ts';
import { refusalOf } from '../../handlers/refusal.ts';
import type { Incoming } from '../../handlers/request.ts';
import { messageOf } from '../views/answer.ts';
import type { Place } from './place.ts';
import type { Responder, Stands } from './responder.ts';
import type { HandOver, LineTask } from './task.ts';

/** A request, where it came from, and how to answer it. */
export interface Exchange {
  readonly incoming: Incoming;
  readonly responder: Responder;
  readonly place: Place;
  /** What another process needs to carry it out. */
  readonly task: Omit<LineTask, 'kind' | 'request' | 'saidWorking'>;
}

export type Answering = Omit<Exchange, 'task'>;

/** Answers what is not carried out: a mistake, help, or a refusal. */
export async function answerDeclined(answer: Usage | Refused, { responder }: Answering): Promise<void> {
  const about = answer.kind === 'refused' ? answer : undefined;
  await responder.answer(messageOf(answer), { inChannel: false, replace: false, refused: true, about });
}

interface HandedOver {
  readonly accepted: Accepted;
  /** Who will see the live message. */
  readonly stands: Stands;
}

/** The person is told that the answer follows once it is certain that somebody will see to it. True where that is so. */
export async function handOverTo(
  handOver: HandOver,
  { accepted, stands }: HandedOver,
  exchange: Exchange,
  deps: Pick<DecideDeps, 'redact' | 'log'>,
): Promise<boolean> {
  const { responder, task } = exchange;
  const { request } = accepted;
  const saidWorking = task.ackCarries === 'answer';
  try {
    await handOver({ kind: 'line', request: request.id, ...task, saidWorking });
  } catch (error) {
    await answerDeclined(refusalOf(error, { id: request.id, began: false }, deps), exchange);
    return false;
  }
  await responder.working(stands, 'elsewhere');
  return true;
}
