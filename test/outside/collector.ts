import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A span as a collector gets it. */
export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status?: { readonly code?: number };
}

export interface Collector {
  readonly endpoint: string;
  readonly spans: readonly SeenSpan[];
  /** What it refused, and why. */
  readonly refused: readonly string[];
  /** Everything it was sent, as it came. */
  readonly text: () => string;
}

const HEX = /^[0-9a-f]+$/u;

/** Takes OTLP over HTTP as JSON, and nothing that the specification does not allow; `silent` takes all and answers nothing. */
export async function startCollector({ silent = false } = {}): Promise<Collector> {
  const spans: SeenSpan[] = [];
  const refused: string[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      bodies.push(body);
      if (silent) return;
      const wrong = take(request, body, spans);
      if (wrong !== undefined) refused.push(wrong);
      response.writeHead(wrong === undefined ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, spans, refused, text: () => bodies.join('\n') };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

interface Payload {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SeenSpan[] }[] }[];
}

/** Why a request is no export of traces; undefined when it was taken. */
function take({ method, url, headers }: IncomingMessage, body: string, spans: SeenSpan[]): string | undefined {
  if (method !== 'POST' || url !== '/v1/traces') return `${method} ${url}`;
  if (headers['content-type'] !== 'application/json') return `content-type ${headers['content-type']}`;
  const { resourceSpans } = JSON.parse(body) as Payload;
  for (const span of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))) {
    const { traceId, spanId, parentSpanId, name } = span;
    if (traceId.length !== 32 || !HEX.test(traceId)) return `trace id ${traceId}`;
    if (spanId.length !== 16 || !HEX.test(spanId)) return `span id ${spanId}`;
    if (parentSpanId !== undefined && (parentSpanId.length !== 16 || !HEX.test(parentSpanId)))
      return `parent ${parentSpanId}`;
    if (name === '') return 'a span without a name';
    spans.push(span);
  }
  return undefined;
}
