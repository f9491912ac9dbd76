import { AsyncLocalStorage } from 'node:async_hooks';
import { messageOf } from '../../domain/errors.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';
import { goOn, standStill } from '../../store/postgres/still.ts';
import { database, given, imported } from './begun.ts';
import { askedBy } from './delivery.ts';
import { answerOf, type HttpAnswer, type HttpEvent, requestOf } from './event.ts';
import { createHandOver } from './hand-over.ts';
import type { Delivered, Receive } from './hearing.ts';
import { createQueue } from './queue.ts';
import { remembered } from './remembered.ts';
import type { Settings } from './settings.ts';
import { isSigned } from './signature.ts';
import { createTime, type InvocationContext } from './time.ts';

/** Slack stops waiting after 3 s, and tells the person so. */
const ANSWER_MS = 2800;

/** Started ahead of any event. */
const isProvisioned = process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'provisioned-concurrency';
/** The first event waited while this process was started for it. */
let isFirst = !isProvisioned;
/** What is left of Slack's time when an event arrives, in milliseconds. A start that took longer was not for this event. */
function leftOfAnswer(): number {
  const sinceStart = isFirst ? performance.now() : 0;
  isFirst = false;
  return sinceStart < ANSWER_MS ? ANSWER_MS - sinceStart : ANSWER_MS;
}

const time = createTime();
/**
 * Until when Slack waits for the answer to the request in whose context this is asked, on the clock of `performance`; 0 once it
 * was given up. That may go on while a later one is answered, and the clock stands still meanwhile where the function does.
 */
const slackWaits = new AsyncLocalStorage<{ until: number }>();
const slackWaitsMs = () => (slackWaits.getStore()?.until ?? 0) - performance.now();
const settled = remembered(async () => {
  await imported(() => import('../../commands/index.ts'));
  await imported(() => import('../../config.ts'));
  const { loadSettings } = await imported(() => import('./settings.ts'));
  return loadSettings(await given());
});
const opened = remembered(async () => open(await settled()));

async function open(found: Settings): Promise<Receive> {
  const queue = createQueue(found.env);
  const { openHearing } = await imported(() => import('./hearing.ts'));
  const handOver = (deps: DecideDeps) => createHandOver(deps, queue, slackWaitsMs);
  return openHearing(found, { time, database, createHandOver: handOver, slackWaitsMs });
}

// Begun while the module is loaded: a cold start has the most processor time then.
const opening = opened().catch(() => {});
// It stands still from when it is loaded until its first event, which may be hours: nothing may be half done then.
if (isProvisioned) await opening;

/** Takes what Slack sends by HTTP: verifies it, answers what can be answered at once, and hands the rest to the worker. */
export async function handler(event: HttpEvent, context: InvocationContext): Promise<HttpAnswer> {
  try {
    const request = requestOf(event);
    const { env, log } = await settled();
    if (env.SLACK_SIGNING_SECRET === undefined) throw new Error('SLACK_SIGNING_SECRET is not set.');
    if (!isSigned(request, env.SLACK_SIGNING_SECRET, Date.now() / 1000)) {
      log.warn({}, 'A request without a valid signature was refused');
      return answerOf(401);
    }
    const asked = askedBy(request);
    if (asked === undefined) return answerOf(400);
    if (asked.kind === 'nothing') return answerOf(200);
    if (asked.kind === 'challenge') return answerOf(200, { challenge: asked.challenge });
    const { inArrival } = await import('../../telemetry.ts');
    return await inArrival(() => answered(asked, context, log));
  } catch (error) {
    const { createLog } = await import('../../telemetry.ts');
    createLog('error').error({ err: messageOf(error) }, 'A request could not be received');
    return answerOf(500);
  }
}

/** Slack shows its own error to the person, and sends events again, where no answer comes in time: nothing is started then. */
async function answered(asked: Delivered, context: InvocationContext, log: Settings['log']): Promise<HttpAnswer> {
  goOn();
  const end = time.begin(context);
  const { promise: tooLate, resolve } = Promise.withResolvers<HttpAnswer>();
  const leftMs = leftOfAnswer();
  const waits = { until: performance.now() + leftMs };
  const timer = setTimeout(() => {
    waits.until = 0;
    log.error({ kind: asked.kind }, 'A request was not answered in time');
    // It stands still after the answer, and would keep what it holds, or is given meanwhile, from all others.
    standStill();
    resolve(answerOf(503));
  }, leftMs);
  try {
    const work = slackWaits.run(waits, async () => {
      // A process that AWS started ahead by itself may have stood still in the middle of it, and lost its connection.
      const take = await opened().catch(opened);
      return answerOf(200, await take(asked));
    });
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
    end();
  }
}
