import { UserError } from '../../domain/errors.ts';
import { remembered } from './remembered.ts';

/** What a worker is told: an id, never what is to be done. */
export type Message = { readonly job: string } | { readonly deployment: string };

export interface Queue {
  /**
   * Sends a message at least once. Of two with the same `key` within five minutes, a queue delivers one. Rejects when it is
   * not sure that the message was taken.
   */
  send(message: Message, key: string): Promise<void>;
}

/** Slack waits three seconds in all. */
const SEND_MS = 1200;

/** By a FIFO queue, or by invoking the worker without waiting for it. Throws a `UserError` where neither is configured. */
export function createQueue(env: Readonly<Record<string, string | undefined>>): Queue {
  const { FAIRLEAD_QUEUE_URL: url = '', FAIRLEAD_WORKER_FUNCTION: worker = '' } = env;
  if (url !== '') return sqsQueue(url);
  if (worker !== '') return invoking(worker);
  throw new UserError(
    'not_configured',
    'Neither FAIRLEAD_QUEUE_URL nor FAIRLEAD_WORKER_FUNCTION is set.',
    'The first is the address of an SQS FIFO queue, the second the name of the worker function.',
  );
}

const within = () => ({ abortSignal: AbortSignal.timeout(SEND_MS) });

function sqsQueue(url: string): Queue {
  const library = remembered(async () => {
    const sqs = await import('@aws-sdk/client-sqs');
    return { ...sqs, client: new sqs.SQSClient({ maxAttempts: 2 }) };
  });
  return {
    async send(message, key) {
      const { client, SendMessageCommand } = await library();
      const command = new SendMessageCommand({
        QueueUrl: url,
        MessageBody: JSON.stringify(message),
        // A group of its own: a button must not wait for the log that it stops. What must not overlap, the store keeps apart.
        MessageGroupId: key,
        MessageDeduplicationId: key,
      });
      await client.send(command, within());
    },
  };
}

function invoking(worker: string): Queue {
  const library = remembered(async () => {
    const lambda = await import('@aws-sdk/client-lambda');
    return { ...lambda, client: new lambda.LambdaClient({ maxAttempts: 2 }) };
  });
  return {
    async send(message) {
      const { client, InvokeCommand } = await library();
      const Payload = JSON.stringify(message);
      await client.send(new InvokeCommand({ FunctionName: worker, InvocationType: 'Event', Payload }), within());
    },
  };
}
