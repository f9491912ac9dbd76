import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { given } from './begun.ts';
import { takeTurn } from './deployment.ts';
import { carryOutJob } from './job.ts';
import { type Opened, openFunction } from './opened.ts';
import { createQueue, type Message, type Queue } from './queue.ts';
import { remembered } from './remembered.ts';
import { loadSettings } from './settings.ts';
import { createTime, type InvocationContext } from './time.ts';
import { giveTurns } from './turns.ts';

const Told = z.union([
  z.strictObject({ job: z.string(), again: z.literal(true).optional() }),
  z.strictObject({ deployment: z.string() }),
]);

interface Worker extends Opened {
  readonly queue: Queue;
}

const time = createTime();
/** Once in a cold start, and again after a start that failed. */
const opened = remembered(async (): Promise<Worker> => {
  const settings = loadSettings(await given());
  return { queue: createQueue(settings.env), ...(await openFunction(settings, time)) };
});

opened().catch(() => {});

/** Carries out jobs and turns of deployments: from a queue, or invoked with one message. */
export async function handler(event: SQSEvent | Message, context: InvocationContext): Promise<SQSBatchResponse> {
  const end = time.begin(context);
  try {
    if (!('Records' in event)) {
      await carryOut(event);
      return { batchItemFailures: [] };
    }
    const { Records: records } = event;
    for (const [index, { body }] of records.entries()) {
      // Of a FIFO queue, those behind one that failed are delivered again too.
      if (!(await isDone(body)))
        return { batchItemFailures: records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
    return { batchItemFailures: [] };
  } finally {
    end();
  }
}

async function isDone(body: string): Promise<boolean> {
  try {
    await carryOut(JSON.parse(body));
    return true;
  } catch (error) {
    const { log } = (await opened()).listening.deps;
    log.error({ message: body, err: messageOf(error) }, 'A message was not carried out');
    return false;
  }
}

async function carryOut(message: unknown): Promise<void> {
  const { listening, turns, queue, called } = await opened();
  await called('worker');
  const told = Told.parse(message);
  if ('job' in told) await carryOutJob(told, listening, time);
  else await takeTurn(listening, turns, time);
  await listening.board.settle();
  if (turns.takeWoken() || 'deployment' in told) await giveTurns(listening.deps, queue);
}
