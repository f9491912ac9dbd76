import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFifo, type Fifo, type FifoOptions } from './fifo.ts';
import { isSignedFor } from './signed.ts';

/** A stand-in for SQS: one FIFO queue, by the JSON protocol, and as strict as documented for what Fairlead uses. */
export interface QueueServer {
  readonly endpoint: string;
  readonly url: string;
  readonly fifo: Fifo;
  /** Refuses messages from now on, or takes them again. */
  refuse(isRefusing: boolean): void;
  /** Takes a message and then breaks the connection: the sender cannot know. The next one only. */
  loseNextAnswer(): void;
  stop(): Promise<void>;
}

const NAME = '/000000000000/fairlead.fifo';

interface SendMessage {
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
}

/** Of ids: up to 128 letters, digits and punctuation. */
const ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/u;

export async function startQueue(options: FifoOptions): Promise<QueueServer> {
  const fifo = createFifo(options);
  let isRefusing = false;
  let isLosing = false;
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    const fail = (type: string, message: string, status = 400) =>
      answer(status, { __type: `com.amazonaws.sqs#${type}`, message });
    const handled = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      if (request.method !== 'POST' || !isSignedFor('sqs', request, body))
        return fail('InvalidSignatureException', 'The request signature we calculated does not match.', 403);
      if (request.headers['x-amz-target'] !== 'AmazonSQS.SendMessage')
        return fail('InvalidAction', 'Only SendMessage is served.');
      if (isRefusing) return fail('ServiceUnavailable', 'The queue is not available.', 503);
      const { QueueUrl, MessageBody, MessageGroupId, MessageDeduplicationId } = JSON.parse(
        body.toString(),
      ) as SendMessage;
      if (!QueueUrl?.endsWith(NAME)) return fail('QueueDoesNotExist', 'The specified queue does not exist.');
      if (MessageBody === undefined || MessageBody === '') return fail('MissingParameter', 'MessageBody is required.');
      if (!ID.test(MessageGroupId ?? '')) return fail('MissingParameter', 'MessageGroupId is required.');
      if (!ID.test(MessageDeduplicationId ?? ''))
        return fail('InvalidParameterValue', 'The queue should have MessageDeduplicationId provided explicitly.');
      fifo.send({ body: MessageBody, group: MessageGroupId ?? '', key: MessageDeduplicationId ?? '' });
      if (isLosing) {
        isLosing = false;
        return request.socket.destroy();
      }
      const md5 = createHash('md5').update(MessageBody).digest('hex');
      return answer(200, { MessageId: randomUUID(), MD5OfMessageBody: md5, SequenceNumber: '1' });
    };
    handled().catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    url: `${endpoint}${NAME}`,
    fifo,
    refuse: (now) => {
      isRefusing = now;
    },
    loseNextAnswer: () => {
      isLosing = true;
    },
    async stop() {
      fifo.stop();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}
