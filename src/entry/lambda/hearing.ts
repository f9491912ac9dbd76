import { openAdmission } from '../../admission.ts';
import { functionName } from '../../domain/function-name.ts';
import { type DecideDeps, decide } from '../../handlers/deciding.ts';
import { UNOBSERVED } from '../../observe.ts';
import { createPeople } from '../../slack/client/people.ts';
import { createIntake } from '../../slack/listeners/intake.ts';
import type { Hearing } from '../../slack/listeners/listening.ts';
import { receiveLine } from '../../slack/listeners/receive-line.ts';
import { answerDeclined, type Exchange, handOverTo } from '../../slack/reply/exchange.ts';
import type { HandOver } from '../../slack/reply/task.ts';
import type { Ahead } from '../../store/postgres/ahead.ts';
import type { Asked } from './delivery.ts';
import { HANDED_OVER } from './handed-over.ts';
import { remembered } from './remembered.ts';
import type { Rest } from './rest.ts';
import { watchSchedule } from './schedule-watch.ts';
import type { Settings } from './settings.ts';
import type { Time } from './time.ts';

/** A function's answer is its acknowledgement, which waits for the form: where none opens in time, so much is left to say so. */
const SAY_MS = 300;

/** What is listened to: what is answered at once is not. */
export type Delivered = Exclude<Asked, { readonly kind: 'nothing' | 'challenge' }>;

export type Receive = (delivered: Delivered) => Promise<object | undefined>;

interface Means {
  readonly time: Time;
  readonly database: Ahead;
  createHandOver(deps: DecideDeps): HandOver;
  /** How long Slack still waits for the answer to what is being received, in milliseconds. */
  slackWaitsMs(): number;
}

/**
 * Opens what most first events need: the commands' specs, the policy, the store. What draws and what knows Slack's Web API is
 * loaded when a delivery needs it: the import of all commands takes longer than all the rest of a cold start.
 */
export async function openHearing(
  settings: Settings,
  { time, database, createHandOver, slackWaitsMs }: Means,
): Promise<Receive> {
  const admission = await openAdmission(settings.config, settings.env, database);
  const { config, log } = settings;
  const api = remembered(async () => (await import('./web-api.ts')).createWebApi(settings));
  const people = createPeople(config, async () => (await api()).client, log);
  const deps: DecideDeps = { ...admission, people, log, observer: UNOBSERVED };
  const handOver = createHandOver(deps);
  const intake = createIntake(deps, functionName(deps.now()));
  const formMs = () => slackWaitsMs() - SAY_MS;
  let rest: Rest | undefined;
  const loadRest = async () => {
    const { openRest } = await import('./rest.ts');
    const webApi = await api();
    rest ??= openRest(admission, settings, { time, api: webApi, handOver, intake, formMs });
    return rest;
  };
  const converse = async (exchange: Exchange): Promise<boolean> => {
    const arrived = performance.now();
    const decided = await decide(exchange.incoming, deps);
    if (decided.kind === 'accepted') {
      const { spec, request } = decided;
      const stands = HANDED_OVER.get(spec.name);
      if (stands === undefined) return (await loadRest()).answer({ decided, arrived }, exchange);
      const handed = { accepted: decided, stands: request.share ? ('channel' as const) : stands };
      return handOverTo(handOver, handed, exchange, deps);
    }
    await answerDeclined(decided, exchange);
    return false;
  };
  const hearing: Hearing = { deps, api, intake, formMs, track: (work) => work, converse };
  const watch = watchSchedule(deps);
  return async (delivered) => {
    watch();
    const isLine = delivered.kind === 'command' || delivered.kind === 'form' || delivered.kind === 'mention';
    const answer = isLine ? await receiveLine(delivered, hearing) : await (await loadRest()).receive(delivered);
    await rest?.settle();
    return answer;
  };
}
