import type { Refused } from '../../handlers/answer.ts';
import { type Accepted, decide } from '../../handlers/deciding.ts';
import { inContext } from '../../telemetry.ts';
import { respondAt } from '../client/respond-at.ts';
import { answerAccepted, deliver } from '../reply/conversation.ts';
import { createResponder } from '../reply/responder.ts';
import type { LineTask, Task } from '../reply/task.ts';
import { attachedOf } from './attached.ts';
import { createAnswered, sayWhere } from './click-elsewhere.ts';
import type { Listening } from './listening.ts';
import { refill } from './refill.ts';

/** Why a task is not carried out after all; undefined to carry it out. Records what has to be. */
export type Objection = (accepted: Accepted) => Promise<Refused | undefined>;

/** Carries out what another process accepted, to its last message. What is stored is not believed: it is judged anew. */
export async function resume(task: Task, listening: Listening, objection: Objection): Promise<void> {
  const { api, track, showHome } = listening;
  if (task.kind === 'home') return track(api().then(({ client }) => showHome(client, task.person, task.word)));
  if (task.kind === 'refill') return track(refill(task, listening));
  return track(inContext({ request: task.request }, () => resumeLine(task, listening, objection)));
}

async function resumeLine(task: LineTask, listening: Listening, objection: Objection): Promise<void> {
  const { api, deps } = listening;
  const { said, place, ackCarries, respondTo, saidWorking, elsewhere, request } = task;
  const answered = createAnswered(elsewhere?.about ?? '');
  const responder = createResponder({
    api,
    place,
    prefix: deps.config.slack.prefix,
    log: deps.log,
    ack: async () => {},
    // The acknowledgement was given by the process that accepted it.
    ackCarries: 'nothing',
    respond: respondTo === undefined ? undefined : respondAt(respondTo),
    posted: answered.posted,
    saidWorking: saidWorking && ackCarries === 'answer',
  });
  const attached = said.attached && attachedOf(said.attached, api);
  const incoming = { ...said, attached, thread: place.thread };
  const exchange = { incoming, responder, place };
  const arrived = performance.now();
  const decided = await decide(incoming, deps, request);
  if (decided.kind !== 'accepted') await deliver(decided, exchange, listening);
  else {
    const refused = await objection(decided);
    if (refused) await deliver(refused, exchange, listening);
    else await answerAccepted({ decided, arrived }, exchange, listening);
  }
  if (elsewhere) await sayWhere(answered.where(), { person: said.person, home: elsewhere.home }, listening);
}
