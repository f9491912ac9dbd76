import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedFor } from './signed.ts';

/** What one request meets: an error, no answer, or an invocation that is taken and whose answer is lost. */
export type InvokeFault =
  | {
      readonly status: number;
      readonly type: string;
      readonly message: string;
      /** Header `Retry-After`. */
      readonly retryAfter?: string;
    }
  | 'silent'
  | 'lost';

/**
 * A stand-in for asynchronous invocations of one function, as the API reference of Lambda describes `Invoke`, and as strict
 * for what Fairlead uses: an event is taken with 202, delivered at least once, and twice more after a failure.
 */
export interface InvokeServer {
  readonly endpoint: string;
  /** The function's ARN, with an alias. */
  readonly function: string;
  /** What the next requests meet, one each. */
  readonly faults: InvokeFault[];
  /** Events that were taken. */
  readonly taken: readonly unknown[];
  /** When each request came, refused ones too, on the clock of `performance`. */
  readonly askedAt: readonly number[];
  /** Delivers the last event once more although it was worked on, as happens. */
  repeat(): void;
  stop(): Promise<void>;
}

export interface InvokeOptions {
  /** From a failure to the next delivery, in milliseconds. */
  readonly retryMs: number;
  /** Works on one event; a rejection is a failure. */
  deliver(event: unknown): Promise<unknown>;
}

const FUNCTION = 'arn:aws:lambda:eu-central-1:000000000000:function:fairlead-worker:live';
const MOST_BYTES = 1024 * 1024;
const MOST_DELIVERIES = 3;

export async function startInvoke({ retryMs, deliver }: InvokeOptions): Promise<InvokeServer> {
  const faults: InvokeFault[] = [];
  const taken: unknown[] = [];
  const askedAt: number[] = [];
  const stopped = new AbortController();
  const work = async (event: unknown, delivery = 1): Promise<void> => {
    if (stopped.signal.aborted || delivery > MOST_DELIVERIES) return;
    await deliver(event).catch(() => {
      const timer = setTimeout(() => void work(event, delivery + 1), retryMs);
      stopped.signal.addEventListener('abort', () => clearTimeout(timer));
    });
  };
  const server = createServer((request, response) => {
    const handled = async () => {
      askedAt.push(performance.now());
      const body = await bodyOf(request);
      const fault = faults.shift();
      if (fault === 'silent') return;
      const wrong = typeof fault === 'object' ? fault : wrongWith(request, body);
      if (wrong !== undefined) return fail(response, wrong);
      const event: unknown = JSON.parse(body.toString());
      taken.push(event);
      void work(event);
      if (fault === 'lost') return void request.socket.destroy();
      response.writeHead(202, { 'x-amzn-requestid': randomUUID(), 'content-length': 0 }).end();
    };
    handled().catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    function: FUNCTION,
    faults,
    taken,
    askedAt,
    repeat: () => void work(taken.at(-1)),
    async stop() {
      stopped.abort();
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

type Wrong = Exclude<InvokeFault, string>;

/** Why a request is refused; undefined when it is taken. */
function wrongWith(request: IncomingMessage, body: Buffer): Wrong | undefined {
  const { method, url, headers } = request;
  if (!isSignedFor('lambda', request, body))
    return { status: 403, type: 'InvalidSignatureException', message: 'The request signature does not match.' };
  const named = /^\/2015-03-31\/functions\/([^/?]+)\/invocations$/u.exec(url ?? '')?.[1];
  if (method !== 'POST' || named === undefined)
    return { status: 404, type: 'UnknownOperationException', message: 'Only Invoke is served.' };
  if (decodeURIComponent(named) !== FUNCTION)
    return { status: 404, type: 'ResourceNotFoundException', message: `Function not found: ${named}` };
  // Without it, the caller would wait for the function.
  if (headers['x-amz-invocation-type'] !== 'Event')
    return { status: 400, type: 'InvalidParameterValueException', message: 'Only events are taken.' };
  if (body.length > MOST_BYTES)
    return { status: 413, type: 'RequestTooLargeException', message: 'Request must be smaller than 1048576 bytes.' };
  try {
    JSON.parse(body.toString());
    return undefined;
  } catch {
    return { status: 400, type: 'InvalidRequestContentException', message: 'Could not parse request body into json.' };
  }
}

/** Errors of the REST-JSON protocol have their type in a header. */
function fail(response: ServerResponse, { status, type, message, retryAfter }: Wrong): void {
  const headers = {
    'content-type': 'application/json',
    'x-amzn-errortype': type,
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  };
  response.writeHead(status, headers).end(JSON.stringify({ Type: status < 500 ? 'User' : 'Service', message }));
}
