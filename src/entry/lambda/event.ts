import type { ALBEvent, APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';

/**
 * What a function is called with over HTTP: by an HTTP API or a function URL (payload 2.0), a REST API (payload 1.0), or a
 * load balancer.
 */
export type HttpEvent = APIGatewayProxyEventV2 | APIGatewayProxyEvent | ALBEvent;

export interface HttpRequest {
  /** With lower-case names; of several values the first. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it was sent: Slack signs these bytes. */
  readonly body: Buffer;
}

/** The request of any of the four kinds of events. The path is not read, so a stage's name in it does not matter. */
export function requestOf(event: HttpEvent): HttpRequest {
  const several = 'multiValueHeaders' in event ? (event.multiValueHeaders ?? {}) : {};
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(event.headers ?? {}))
    if (value !== undefined) headers.set(name.toLowerCase(), value);
  for (const [name, values] of Object.entries(several))
    if (values?.[0] !== undefined) headers.set(name.toLowerCase(), values[0]);
  return { headers, body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8') };
}

/** The answer in the form that all of them take. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

export function answerOf(statusCode: number, body?: object | string): HttpAnswer {
  const isText = typeof body === 'string' || body === undefined;
  return {
    statusCode,
    headers: { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8' },
    body: isText ? (body ?? '') : JSON.stringify(body),
    isBase64Encoded: false,
  };
}
