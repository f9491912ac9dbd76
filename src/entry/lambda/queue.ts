import type { Environment } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';
import { callAws, serviceUrl } from './aws.ts';

/**
 * What a worker is told: an id, never what is to be done. `again`: the schedule found the job waiting, after its own message was
 * sent.
 */
export type Message = { readonly job: string; readonly again?: true } | { readonly deployment: string };

export interface Queue {
  /**
   * Sends a message at least once. Of two with the same `key` within five minutes, a queue delivers one. Rejects when it is
   * not sure that the message was taken, after `withinMs` or 1.2 s, in milliseconds.
   */
  send(message: Message, key: string, withinMs?: number): Promise<void>;
}

/** Slack waits three seconds in all. */
const MOST_MS = 1200;
/** The pauses between them take 0.7 s at most, unless the service asks for longer ones. */
const ATTEMPTS = 4;
const sending = (withinMs = MOST_MS) => ({ withinMs: Math.ceil(Math.min(MOST_MS, withinMs)), attempts: ATTEMPTS });

/** By a FIFO queue, or by invoking the worker without waiting for it. Throws a `UserError` where neither is configured. */
export function createQueue({
  FAIRLEAD_QUEUE_URL: url,
  FAIRLEAD_WORKER_FUNCTION: worker,
}: Pick<Environment, 'FAIRLEAD_QUEUE_URL' | 'FAIRLEAD_WORKER_FUNCTION'>): Queue {
  if (url !== undefined) return sqsQueue(url);
  if (worker !== undefined) return invoking(worker);
  throw new UserError(
    'not_configured',
    'Neither FAIRLEAD_QUEUE_URL nor FAIRLEAD_WORKER_FUNCTION is set.',
    'The first is the address of an SQS FIFO queue, the second the name of the worker function.',
  );
}

function sqsQueue(queueUrl: string): Queue {
  const url = new URL('/', queueUrl);
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessage' };
  return {
    async send(message, key, withinMs) {
      const body = JSON.stringify({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        // A group of its own: a button must not wait for the log that it stops. What must not overlap, the store keeps apart.
        MessageGroupId: key,
        MessageDeduplicationId: key,
      });
      await callAws({ service: 'sqs', url, headers, body, ...sending(withinMs) });
    },
  };
}

function invoking(worker: string): Queue {
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' };
  return {
    async send(message, _, withinMs) {
      const url = new URL(`/2015-03-31/functions/${encodeURIComponent(worker)}/invocations`, serviceUrl('lambda'));
      await callAws({ service: 'lambda', url, headers, body: JSON.stringify(message), ...sending(withinMs) });
    },
  };
}
