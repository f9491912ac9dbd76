import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { sign } from 'aws4';

/** A call to one of AWS's services, by their JSON protocols. */
export interface AwsCall {
  readonly service: 'lambda' | 'secretsmanager' | 'sqs';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** Longest wait for the answer, all attempts together, in milliseconds. */
  readonly withinMs: number;
  readonly attempts: number;
}

/** A secret has 64 KiB at most; the other answers are short. */
const MOST_BYTES = 256 * 1024;

/** Longest pause before the second attempt; before each later one it may be twice as long. */
const FIRST_PAUSE_MS = 100;

/**
 * Signs and sends a call, again after a failure of the service or the connection and where the service throttles. The pause
 * before that is a random part of one that grows, so that functions do not come back at the same moment, and never less than
 * `Retry-After` says; one that the call has no time left for ends it. Resolves to the text of the answer; rejects with AWS's
 * own words. AWS's clients would do it too, and their import takes a fifth of a cold start.
 */
export async function callAws(call: AwsCall): Promise<string> {
  const end = performance.now() + call.withinMs;
  const signal = AbortSignal.timeout(call.withinMs);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await answerTo(call, signal);
    } catch (error) {
      if (signal.aborted) throw new Error(`No answer from ${call.url.host} within ${call.withinMs / 1000} s`);
      const { isFinal = false, retryAfterMs = 0 } = error instanceof Refusal ? error : {};
      const pauseMs = Math.max(retryAfterMs, Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
      if (isFinal || attempt >= call.attempts || performance.now() + pauseMs >= end) throw error;
      await delay(pauseMs);
    }
  }
}

async function answerTo(call: AwsCall, signal: AbortSignal): Promise<string> {
  const { status, errorType, retryAfter, text } = await send(call, signal);
  if (status < 300) return text;
  const { type, message } = errorIn(text, errorType);
  // SQS and Secrets Manager throttle with 400 and 403.
  const mayPass = status >= 500 || status === 429 || type.includes('Throttl');
  throw new Refusal(`${status} ${message}`, !mayPass, secondsIn(retryAfter) * 1000);
}

/** Where a service is, or the stand-in that AWS's own variable names, such as AWS_ENDPOINT_URL_LAMBDA. */
export function serviceUrl(service: AwsCall['service']): URL {
  const { AWS_REGION: region = '' } = process.env;
  const { [service]: variable } = ENDPOINTS;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(process.env[variable] ?? `https://${service}.${region}.${domain}`);
}

const ENDPOINTS: Readonly<Record<AwsCall['service'], string>> = {
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  sqs: 'AWS_ENDPOINT_URL_SQS',
};

/** An answer that is none, in AWS's words. */
class Refusal extends Error {
  readonly isFinal: boolean;
  /** What the service asks for before the next attempt, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, isFinal: boolean, retryAfterMs = 0) {
    super(message);
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}

interface Answer {
  readonly status: number;
  /** Of an error, where the protocol names it outside of the body: such as `TooManyRequestsException:http://…`. */
  readonly errorType: string;
  /** Header `Retry-After`, empty where it is missing. */
  readonly retryAfter: string;
  readonly text: string;
}

async function send({ service, url, headers, body }: AwsCall, signal: AbortSignal): Promise<Answer> {
  // Lambda gives each function the role's credentials in these variables.
  const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID: accessKeyId = '' } = process.env;
  const { AWS_SECRET_ACCESS_KEY: secretAccessKey = '', AWS_SESSION_TOKEN: sessionToken } = process.env;
  const path = `${url.pathname}${url.search}`;
  const unsigned = { service, region, host: url.host, path, method: 'POST', headers: { ...headers }, body };
  const signed = sign(unsigned, {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
  // Only a stand-in has no TLS. An import of node:http would read all that it exports, and with that load `fetch`.
  const { request } = process.getBuiltinModule(url.protocol === 'http:' ? 'node:http' : 'node:https');
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: signed.headers ?? {}, signal }, (response) => {
      const { statusCode: status = 0, headers: given } = response;
      const errorType = String(given['x-amzn-errortype'] ?? '').split(':', 1)[0] ?? '';
      const retryAfter = given['retry-after'] ?? '';
      textOf(response).then((text) => resolve({ status, errorType, retryAfter, text }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Refusal(`An answer of more than ${MOST_BYTES / 1024} KiB`, true);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Lambda's `Retry-After` is a number of seconds; a date, as HTTP allows it, is none of AWS's. */
const secondsIn = (retryAfter: string) => Math.max(0, Number(retryAfter)) || 0;

/** Such as `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"…"}`: the name of the error, and all that it says. */
function errorIn(text: string, errorType: string): { readonly type: string; readonly message: string } {
  try {
    const { __type: named = errorType, message, Message = '' } = JSON.parse(text) as Record<string, string | undefined>;
    const type = named.slice(named.indexOf('#') + 1);
    return { type, message: `${type}: ${message ?? Message}`.slice(0, 500) };
  } catch {
    return { type: errorType, message: errorType.slice(0, 500) || 'without a reason' };
  }
}
