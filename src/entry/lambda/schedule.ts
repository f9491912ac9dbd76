import { setTimeout as pause } from 'node:timers/promises';
import { createReceivers } from '../../changes/receivers.ts';
import { messageOf } from '../../domain/errors.ts';
import { isFunction } from '../../domain/function-name.ts';
import type { Deps } from '../../handlers/deps.ts';
import { createCardAddress } from '../../slack/cards/card-address.ts';
import type { Listening } from '../../slack/listeners/listening.ts';
import { tellUnanswered } from '../../slack/unanswered/tell.ts';
import { type ChangeDelivery, createChangeDelivery } from '../../worker/changes/delivery.ts';
import { reopenReturned } from '../../worker/deployments/returned.ts';
import { releaseAbandoned } from '../../worker/deployments/runner.ts';
import { createSilence } from '../../worker/deployments/silence.ts';
import { removeEndedRuns } from '../../worker/ended-runs.ts';
import { runDueReminders } from '../../worker/reminders.ts';
import { given } from './begun.ts';
import { type Opened, openFunction } from './opened.ts';
import { createQueue, type Queue } from './queue.ts';
import { remembered } from './remembered.ts';
import { loadSettings } from './settings.ts';
import { createTime, type InvocationContext } from './time.ts';
import { giveTurns } from './turns.ts';

/** A job that waits longer was not handed over, or its message was lost, in milliseconds. */
const UNTAKEN_MS = 30_000;
/** The queue takes a message of the same key once in five minutes: one that was lost is sent again after that. */
const AGAIN_MS = 5 * 60_000;
const LOOK_MS = 1000;
/** Longer than a worker that died keeps its lease. */
const WATCH_MS = 25_000;

/** No change event is begun after that: an attempt may take 40 s, and the function has 120 s. */
const SEND_MS = 60_000;

/** Time to look which hosts respond again, in milliseconds. */
const LOOK_FOR_MS = 20_000;

interface Schedule extends Opened {
  readonly queue: Queue;
  readonly changes: ChangeDelivery;
}

const time = createTime();
/** Once in a cold start, and again after a start that failed. */
const opened = remembered(async (): Promise<Schedule> => {
  const settings = loadSettings(await given());
  const opened = await openFunction(settings, time);
  const { deps, api } = opened.listening;
  const changes = createChangeDelivery({
    ...deps,
    receivers: createReceivers(deps.config.changes, deps.now),
    cardAddress: createCardAddress((await api()).client, deps),
  });
  return { queue: createQueue(settings.env), changes, ...opened };
});

opened().catch(() => {});

/** Called every minute: what is due, what is not in Slack yet, and what no worker has. */
export async function handler(_: unknown, context: InvocationContext): Promise<void> {
  const end = time.begin(context);
  try {
    const { listening, queue, changes, called } = await opened();
    await called('schedule');
    // Beside the steps: a receiver that is slow delays none of them.
    const sending = changes.sendDue(AbortSignal.timeout(SEND_MS));
    const { deps, board } = listening;
    const steps: Readonly<Record<string, () => Promise<void>>> = {
      reminders: () => runDueReminders(deps),
      'ended runs': () => removeEndedRuns(deps),
      jobs: () => handOverUntaken(deps, queue),
      cards: () => board.catchUp(),
      unanswered: () => tellOfEnded(listening),
      'hosts that were away': async () => void (await reopenReturned(deps, AbortSignal.timeout(LOOK_FOR_MS))),
      deployments: () => resumeDeployments(deps, queue),
    };
    for (const [step, run] of Object.entries(steps))
      await run().catch((error) => deps.log.error({ step, err: messageOf(error) }, 'A step of the schedule failed'));
    await board.settle();
    await sending;
  } finally {
    end();
  }
}

/** A front function that took a request has ended by then, in milliseconds. */
const FRONT_ENDS_MS = 60_000;

/** Tells people whose request a front function took and did not answer. */
async function tellOfEnded({ deps, api }: Listening): Promise<void> {
  const { store, replicas } = deps;
  for (const one of await store.deliveries.unanswered()) {
    const isLeft = isFunction(one.owner) && one.ageMs > FRONT_ENDS_MS;
    if (!isLeft || !(await store.deliveries.claim(one, replicas.id))) continue;
    await tellUnanswered(one, await api(), deps);
    await store.deliveries.told(one, replicas.id);
  }
}

async function handOverUntaken({ store, now, log }: Deps, queue: Queue): Promise<void> {
  const at = now();
  const round = Math.floor(at / AGAIN_MS);
  for (const { id, attempt } of await store.jobs.untaken({ now: at, storedBefore: at - UNTAKEN_MS })) {
    log.warn({ job: id, attempt }, 'No worker took a job: it is handed over again');
    await queue.send({ job: id, again: true }, `${id}.${attempt}.${round}`);
  }
}

/** Takes deployments from workers that are silent, and gives those that nobody has their next turn. */
async function resumeDeployments(deps: Deps, queue: Queue): Promise<void> {
  const silence = createSilence(() => performance.now());
  const until = performance.now() + WATCH_MS;
  const first = new Map<string, string>();
  for (;;) {
    await releaseAbandoned([], silence, deps);
    const held = (await deps.store.deployments.running()).filter(({ heartbeatAt = 0 }) => heartbeatAt !== 0);
    const unheard = held.filter(({ id, attempt, heartbeatAt }) => {
      const beat = `${attempt}/${heartbeatAt}`;
      if (!first.has(id)) first.set(id, beat);
      return first.get(id) === beat;
    });
    if (unheard.length === 0 || performance.now() > until) break;
    await pause(LOOK_MS);
  }
  await giveTurns(deps, queue, `.${Math.floor(deps.now() / AGAIN_MS)}`);
}
