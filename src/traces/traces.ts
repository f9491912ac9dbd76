import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, DiagLogLevel, diag, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Facts, Receiver } from '../observe.ts';
import { attributesOf, endAttributes, kindOf, nameAtEnd, nameOf } from './spans.ts';

export interface Traces {
  readonly receiver: Receiver;
  /** Sends what waits, for at most two seconds. Never rejects. */
  close(): Promise<void>;
}

export interface TraceSettings {
  readonly version: string;
  /** Of a collector: `/v1/traces` is added, as OpenTelemetry has it. */
  readonly endpoint: string;
  /** Told at most once a minute that the collector does not take them. */
  warn(said: string): void;
}

/** Spans that wait for a slow collector; later ones are dropped, so that it costs neither memory nor time. */
const MOST_WAITING = 4096;
const EXPORT_MS = 10_000;
const CLOSE_MS = 2000;
const WARN_MS = 60_000;

/** Sends spans to a collector over OTLP/HTTP. Parents are kept here: nothing of OpenTelemetry is global but its log. */
export function createTraces({ version, endpoint, warn }: TraceSettings): Traces {
  sayWarnings(warn);
  const url = `${endpoint.endsWith('/') ? endpoint.slice(0, -1) : endpoint}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  const processor = new BatchSpanProcessor({ exporter, maxQueueSize: MOST_WAITING, exportTimeoutMillis: EXPORT_MS });
  const resource = resourceFromAttributes({ 'service.name': 'fairlead', 'service.version': version });
  const provider = new TracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('fairlead', version);
  const parents = new AsyncLocalStorage<Context>();
  return {
    receiver: {
      begin(operation) {
        const inherited = parents.getStore() ?? ROOT_CONTEXT;
        // A deployment outlasts the request that started it, and may be carried on by another process.
        const parent = operation.kind === 'deployment' ? ROOT_CONTEXT : inherited;
        const options = { kind: kindOf(operation), attributes: attributesOf(operation) };
        const span = tracer.startSpan(nameOf(operation), options, parent);
        return {
          within: (work) => parents.run(trace.setSpan(parent, span), work),
          end(facts: Facts) {
            span.setAttributes(endAttributes(facts));
            const name = nameAtEnd(operation, facts);
            if (name !== undefined) span.updateName(name);
            const { result = 'ok' } = facts;
            if (result !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', result);
            span.end();
          },
        };
      },
      tell() {},
    },
    async close() {
      const late = new Promise((done) => setTimeout(done, CLOSE_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
    },
  };
}

function sayWarnings(warn: (said: string) => void): void {
  let quietUntil = 0;
  const say = (said: string) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + WARN_MS;
    warn(said);
  };
  const none = () => {};
  diag.setLogger(
    { error: say, warn: say, info: none, debug: none, verbose: none },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
