import type { IncomingMessage } from 'node:http';
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

/**
 * Signs and sends a call, again after a failure of the service or the connection. Resolves to the text of the answer; rejects
 * with AWS's own words. AWS's clients would do it too, and their import takes a fifth of a cold start.
 */
export async function callAws(call: AwsCall): Promise<string> {
  const signal = AbortSignal.timeout(call.withinMs);
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt >= call.attempts;
    try {
      const answer = await send(call, signal);
      const { status, text } = answer;
      if (status < 300) return text;
      if (isLast || (status < 500 && status !== 429)) throw new Refusal(`${status} ${errorIn(answer)}`);
    } catch (error) {
      if (signal.aborted) throw new Error(`No answer from ${call.url.host} within ${call.withinMs / 1000} s`);
      if (isLast || error instanceof Refusal) throw error;
    }
  }
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

class Refusal extends Error {}

interface Answer {
  readonly status: number;
  /** Of an error, where the protocol names it outside of the body: such as `TooManyRequestsException:http://…`. */
  readonly errorType: string;
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
      textOf(response).then((text) => resolve({ status, errorType, text }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Refusal(`An answer of more than ${MOST_BYTES / 1024} KiB`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Such as `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"…"}`. */
function errorIn({ errorType, text }: Answer): string {
  try {
    const { __type: type = errorType, message, Message = '' } = JSON.parse(text) as Record<string, string | undefined>;
    return `${type.slice(type.indexOf('#') + 1)}: ${message ?? Message}`.slice(0, 500);
  } catch {
    return errorType.slice(0, 500) || 'without a reason';
  }
}
