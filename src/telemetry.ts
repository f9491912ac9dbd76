import { AsyncLocalStorage } from 'node:async_hooks';
import { pino, stdSerializers } from 'pino';
import { cutHidden } from './text/cut.ts';

/** Messages are constant, values are fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Fields that every line has which is written while some work runs, Slack's libraries' lines too. */
export interface Context {
  /** The ULID of the request. */
  readonly request?: string;
  readonly deployment?: string;
  /** Where a note is said, which may be long after what it tells of: `card:` and the id of a plan, a person or a channel. */
  readonly to?: string;
  /** The id of the plan whose card is drawn for another process. */
  readonly card?: string;
}

const contexts = new AsyncLocalStorage<Context>();
const arrivals = new AsyncLocalStorage<{ request?: string }>();

/** Runs `work` so that each line it writes has these fields, and no others of what began it. */
export function inContext<T>(context: Context, work: () => T): T {
  return contexts.run(context, work);
}

/**
 * Runs `work` on what Slack sent, within Slack's libraries too. Once `nameArrival` is called in it, each line has the id of
 * the request, also that of a timer which began before.
 */
export function inArrival<T>(work: () => T): T {
  return arrivals.run({}, work);
}

/** Says which request arrived. */
export function nameArrival(request: string): void {
  const arrival = arrivals.getStore();
  if (arrival) arrival.request = request;
}

const SECRET_FIELD = /^(?:token|password|authorization|response_?url|secret)$/iu;
/** Bounds of one line: an error of a library may carry a request, its answer and their sockets. */
const MOST_TEXT = 8000;
const MOST_DEPTH = 6;
const MOST_VALUES = 500;

/**
 * JSON lines on standard error, so that standard output belongs to the commands. `redact` hides secrets in every text of a
 * field: an error's message and stack hold what an engine, a registry or Slack said.
 */
export function createLog(level: string, redact: (text: string) => string = (text) => text): Log {
  const formatters = { log: (fields: object) => hidden(fields, redact) as Record<string, unknown> };
  // Pino's own serializer would make an error of what is one no more.
  const serializers = { err: (error: unknown) => error };
  const mixin = () => ({ ...(contexts.getStore() ?? arrivals.getStore()) });
  return pino({ level, base: null, mixin, formatters, serializers }, pino.destination({ dest: 2, sync: true }));
}

function hidden(fields: object, redact: (text: string) => string): unknown {
  let left = MOST_VALUES;
  const visit = (value: unknown, depth: number): unknown => {
    left -= 1;
    if (typeof value === 'string') return cutHidden(value, MOST_TEXT, redact);
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
    if (depth > MOST_DEPTH || left < 0) return '…';
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    if (value instanceof Date) return value;
    const bare = value instanceof Error ? stdSerializers.err(value) : value;
    if (Array.isArray(bare)) return bare.slice(0, Math.max(0, left)).map((item) => visit(item, depth + 1));
    const entries = Object.entries(bare).slice(0, Math.max(0, left));
    return Object.fromEntries(
      entries.map(([key, item]) => [key, SECRET_FIELD.test(key) ? '***' : visit(item, depth + 1)]),
    );
  };
  return visit(fields, 0);
}
